"""What browser tests and benchmarks share: servers on loopback, a visitor without a browser, the machine's browser."""
