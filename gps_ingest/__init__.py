"""How device bytes become fixes: decode, doubt, store."""
