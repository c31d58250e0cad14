"""What the analysis writes, on both engines."""
