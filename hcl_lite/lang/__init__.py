"""TOML files in, a checked Config out."""
