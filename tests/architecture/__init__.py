"""The shape of the code: layers, purity, sizes, and what may lie in the repository."""
