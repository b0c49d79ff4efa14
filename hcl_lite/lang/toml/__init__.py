"""TOML text: read, places found in it, formatted."""
