"""All that is on the servers of a configuration, taken over at once: listed, read, written as blocks, planned, kept."""
