"""A believable world: the city, its traffic and the scenario format."""
