"""Values in, text out: nothing here reads, writes or decides."""
