"""Files to a Config: blocks with addresses, the modules they call, checked against what the providers declare."""
