"""What scales and laboratories say: one verb a file, each in the transaction of its caller."""
