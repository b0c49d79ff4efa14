"""The layer between Python and the operations: their results, and how they are called."""
