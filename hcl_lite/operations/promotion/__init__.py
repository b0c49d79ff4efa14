"""Two servers beside each other: how the objects of one differ from those of another, and blocks that bring them there.

    matching      objects of one server with their counterparts on the other, and what each calls them; pure
    translation   an object as it would be on the other server; pure
    look          both servers listed, matched, and read as far as they are asked for
    diffing       `diff`: what would have to change for one to be as the other
    copying       `copy`: blocks for the other server, by the one way of taking over (operations.bulk_import)

Servers are only read.
"""
