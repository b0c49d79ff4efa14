"""What hcl-lite remembers of the objects it manages, and how that memory survives."""
