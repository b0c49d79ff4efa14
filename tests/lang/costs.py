"""One expression in this process, with what it took: seconds, and the most memory. For tests/lang/test_costs.py.

python -m tests.lang.costs SOURCE
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

from hcl_lite.lang.expressions.functions import FunctionContext, make_functions
from hcl_lite.lang.expressions.marks import Tracker
from hcl_lite.lang.expressions.model import Expression, ExpressionError
from hcl_lite.lang.expressions.parse import parse_template
from hcl_lite.lang.expressions.sandbox import run

_MI = 2**20
NAMES = {
    "t": lambda: "a" * (64 * _MI - 1),  # the longest text
    "w": lambda: "é" * (16 * _MI - 1),  # the same, of what Python keeps wide
    "x": lambda: "😀" * (16 * _MI - 1),
    "q": lambda: "\n" * (10 * _MI),  # escaped in JSON
    "s": lambda: "ab," * 5_000_000,  # many short parts
    "h": lambda: "a b" * (4 * _MI // 3),  # words
    "n": lambda: [1] * 4_999_990,
    "f": lambda: [str(number) for number in range(2_000_000)],
    "g": lambda: [[str(number)] for number in range(600_000)],
    "m": lambda: {str(number): number for number in range(1_200_000)},
    "o": lambda: [{"k": str(number)} for number in range(500_000)],
}


def main() -> None:
    """Print what it took."""
    (part,) = parse_template("${" + sys.argv[1] + "}")
    assert isinstance(part, Expression)
    words = set(re.findall(r"\b[a-z]\b", re.sub(r"'[^']*'", "", sys.argv[1])))
    names: dict[str, Any] = {name: make() for name, make in NAMES.items() if name in words}
    begun, said = time.monotonic(), ""
    try:
        run(part.source, part.calls, names, make_functions(FunctionContext(Path())), Tracker())
    except ExpressionError as error:
        said = str(error)
    seconds = round(time.monotonic() - begun, 2)
    print(json.dumps({"seconds": seconds, "megabytes": _peak() // _MI, "said": said}))


def _peak() -> int:
    """The most memory of this process in bytes. On Linux by its own status: what getrusage tells begins with that of
    the process that has started this one, which is the one that runs the tests."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
