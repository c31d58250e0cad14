"""The programming interface for devices and machines."""
