"""A simulated world played in real time: paper as it becomes known, devices that post."""
