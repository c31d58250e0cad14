"""The interface to which devices post their fixes."""
