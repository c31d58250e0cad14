"""Custody: the table of arrows, its guards, and what steps leave behind."""
