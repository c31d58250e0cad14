"""What is stored: tables with their constraints, the vocabulary and the frozen values."""
