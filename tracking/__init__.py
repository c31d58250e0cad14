"""What the fixes mean: rules, the queries that feed them and the operations that record their outcome."""
