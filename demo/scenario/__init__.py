"""Scenario folders: reading, loading and scoring them."""
