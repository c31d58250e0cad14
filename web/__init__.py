"""Who asks: pages and the API for people and devices."""
