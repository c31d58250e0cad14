"""Rows into frozen values, never the other way."""
