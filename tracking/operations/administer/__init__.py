"""Administration: limits, permits, plans and who takes part, one subject a file."""
