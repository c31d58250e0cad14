"""One verb a file, one transaction."""
