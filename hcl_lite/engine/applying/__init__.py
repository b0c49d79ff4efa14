"""A Plan carried out: applier.py walks its steps, resource_writer.py makes, changes and deletes one object."""
