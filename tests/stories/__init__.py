"""Frauds and honest mishaps, told from beginning to end."""
