"""What is printed is what is known."""
