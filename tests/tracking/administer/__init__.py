"""Limits, permits, plans and who takes part."""
