"""How fast and how right, beside peers in one run."""
