"""`hcl-lite` and `python -m hcl_lite`."""

import gc
import os
import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    # `python -m` puts the user's directory first on the path: a click.py there is not the library. Nothing but what
    # Python has loaded already is imported before this.
    del sys.path[0]


def main() -> None:
    """Run the command line and exit with its code."""
    # `providers` and `state` are words that a directory on PYTHONPATH may have too: ours come from where this package
    # is, whatever else is on the path (docs/decisions/0001-packaging.md).
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.realpath(__file__))))

    # Nearly all that a run makes is kept to its end or freed by its count: looking for circles every 700 objects was
    # a tenth of a small plan's time.
    gc.set_threshold(100_000)

    # httpx brings a command line of its own, for which it would load Rich and Pygments wherever they are installed:
    # a third of its time. None says that there is no such module; httpx goes on without it.
    sys.modules["httpx._main"] = None  # type: ignore[assignment]

    from hcl_lite.cli.main import run  # noqa: PLC0415 - after the path is set

    code = run()
    gc.freeze()  # at its end Python looks for circles once more, among all that there is: a tenth of a small plan
    sys.exit(code)


if __name__ == "__main__":
    main()
