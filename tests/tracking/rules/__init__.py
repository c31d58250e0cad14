"""The pure rules, on worlds laid out by hand."""
