"""Carries out a Plan: applier.py walks its steps, resource_writer.py creates, updates and deletes one object."""
