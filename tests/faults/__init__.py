"""Processes that are killed in the middle of their work, in small: `python -m bench faults` is the whole."""
