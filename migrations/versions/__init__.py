"""One step a file, one head."""
