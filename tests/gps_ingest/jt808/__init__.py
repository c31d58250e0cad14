"""JT/T 808: decoder, command and gateway."""
