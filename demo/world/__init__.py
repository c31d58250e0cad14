"""What happens in the invented town: fleets, days, paper, devices, violations, and the files of it."""
