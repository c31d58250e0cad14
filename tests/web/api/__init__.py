"""Tests of the programming interface for other systems."""
