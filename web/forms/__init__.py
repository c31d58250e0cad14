"""Forms that people fill in: what is asked, how it is read, what is wrong with it."""
