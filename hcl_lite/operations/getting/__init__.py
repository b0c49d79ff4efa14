"""get: what is on a server, listed by type or read whole."""
