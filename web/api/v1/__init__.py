"""The programming interface for other systems: everything that the pages do, under /api/v1."""
