"""What a machine needs, how what is missing is named, and how the database is brought up."""
