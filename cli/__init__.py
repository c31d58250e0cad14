"""The command line: every command a file."""
