"""Migration from other tools: readers of foreign formats in front of the bulk import.

    files ──a Reader: pure──▶ Reading: objects in the shape of Grafana's API; what cannot be taken
          ──run──▶ Found: those that are on the server as they are there, the others as they are told
          ──bulk_import.take_over──▶ blocks, state, an empty plan but for what is not there

A format is one function, a `Reader`, and a kind in it one row of its table. `formats.FORMATS` has them all.
"""
