"""Files that are put in place together: written beside the configuration first, and moved into it by a log that the
next run goes on with where this one is killed. Nothing that is there, and has changed since, is written over."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import make_directory, read_file, write_private
from hcl_lite.operations.bulk_import.model import Key

HOME = ".hcl-lite/import"
_NEW = "new"
_LOG = "log.json"
_BEGUN = "log.new"  # what a run writes that may be killed at it
_AT_ONCE = 8  # files that are synced side by side, in a tenth of the time


@dataclass(frozen=True, slots=True)
class Staging:
    """The files of one bulk import, for the configuration in `root`."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / HOME

    @property
    def new(self) -> Path:
        """The directory of files until they are put in place, by their paths in the configuration."""
        return self.root.resolve() / HOME / _NEW

    def stage(self, files: Mapping[str, str]) -> None:
        """Write `files`, by their paths in the configuration, in place of those that were staged before. Raises
        HclError."""
        with _told("write what is imported"):
            shutil.rmtree(self.new, ignore_errors=True)
            made: set[Path] = set()
            for name, text in files.items():
                path = self.new / name
                if path.parent not in made:
                    make_directory(path.parent)
                    made.add(path.parent)
                path.write_bytes(text.encode("utf-8", "surrogatepass"))

    def put(self, order: Sequence[str], objects: Mapping[str, Key]) -> None:
        """Put the staged files in place, in this order; `objects` are those that the blocks in them are for, by
        address. Raises HclError."""
        moves = [[name, _digest(self.root / name)] for name in order]
        log = {"moves": moves, "objects": {address: list(key) for address, key in objects.items()}}
        with _told("write what is imported"):
            with ThreadPoolExecutor(_AT_ONCE) as pool:  # what the machine forgets is not logged as there
                list(pool.map(_sync, [self.new / name for name in order]))
            make_directory(self.home)
            self._write_log(log)
        self.resume()

    @property
    def objects(self) -> Mapping[str, Key]:
        """The objects of the blocks that a killed run has written, by address. Raises HclError."""
        return {address: (key[0], key[1], key[2]) for address, key in self._log().get("objects", {}).items()}

    def resume(self) -> None:
        """Go on with putting in place what is logged. Raises HclError for a file that somebody has changed since."""
        log = self._log()
        if not log.get("moves"):
            return
        with _told("write what is imported"):
            for name, before in log["moves"]:
                self._move(name, before)
            self._write_log({**log, "moves": []})

    def _write_log(self, log: Mapping[str, Any]) -> None:
        write_private(self.home / _LOG, json.dumps(log).encode(), self.home / _BEGUN)

    def _log(self) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = json.loads(read_file(self.home / _LOG))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            hint = f"Delete {self.home}, and look at what the configuration has of it."
            raise HclError(Diagnostic("What an earlier import has left cannot be read", hint=hint)) from error
        return found

    def _move(self, name: str, before: str) -> None:
        staged, path = self.new / name, self.root / name
        if not staged.exists():
            return
        if _digest(path) != before:
            hint = f"Take over what {staged} has, or delete {self.home}; then import again."
            raise HclError(Diagnostic(f"{path} has changed while it was written", "It is left as it is.", hint=hint))
        path = Path(os.path.realpath(path))
        make_directory(path.parent)
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(path, staged)
        os.replace(staged, path)

    def discard(self) -> None:
        """Removes what is staged, unless it is logged to be put in place."""
        if not self._log().get("moves"):
            shutil.rmtree(self.new, ignore_errors=True)
            (self.home / _BEGUN).unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                self.home.rmdir()

    def end(self) -> None:
        """The state has all objects."""
        (self.home / _LOG).unlink(missing_ok=True)
        self.discard()


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    """Around what the system may refuse. Raises HclError in place of OSError."""
    try:
        yield
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        raise HclError(Diagnostic(f"Cannot {what}", f"{error.strerror}:{where}")) from error


def _digest(path: Path) -> str:
    """Returns a digest of the content of a file; empty where there is none."""
    try:
        return hashlib.sha256(read_file(path)).hexdigest()
    except FileNotFoundError:
        return ""


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
