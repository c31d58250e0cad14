"""How messages and their fixes are stored: raw bytes and rows in one transaction."""
