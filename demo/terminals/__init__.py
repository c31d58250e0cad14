"""Simulated devices that speak the real wire formats, for seeing and testing the edges."""
