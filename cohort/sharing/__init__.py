"""What travels with a view: the complete link, marks, frozen lists, and the view as a file."""
