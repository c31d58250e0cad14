"""Cases and objections."""
