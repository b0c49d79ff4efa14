"""A small process that runs a command, and says on standard error what it took: code, wall, CPU, and MB of memory.

The system counts a child's memory from that of its parent on: whoever starts what is measured has to be small.
"""

import os
import sys
import time


def main(command: list[str]) -> None:
    """Run it, with all that it says on standard output; children that it waits for are in its CPU."""
    begun = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 1, 2)])
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - begun
    cpu, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    sys.stderr.write(f"{os.waitstatus_to_exitcode(status)} {wall} {cpu} {memory}")


if __name__ == "__main__":
    main(sys.argv[1:])
