"""Arbitrary bytes against every decoder: `make fuzz`."""
