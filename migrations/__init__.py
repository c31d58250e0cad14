"""The numbered steps from an empty database to the current tables."""
