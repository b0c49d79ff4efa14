"""A Config evaluated: instances of its blocks, the values of their names, references to secrets."""
