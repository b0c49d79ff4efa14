"""The state: the record of managed objects, and how it is kept safe."""
