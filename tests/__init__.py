"""What is promised, held."""
