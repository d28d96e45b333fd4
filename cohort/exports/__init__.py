"""What is on screen, as files."""
