"""HTTP: one way to a server, its errors, limits and log."""
