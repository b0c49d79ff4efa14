"""A log in a bucket: numbered objects, of which the last one grows until it is large enough to be left alone.

Where a store takes only one write a second to the same object, each append is an object of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from state.backend import Changed
from state.backends.bucket import Bucket, Objects

_LARGE = 128 * 1024
_AT_ONCE = 8


class ObjectLog:
    """Implements state.backend.Log: the objects below `key`. Each append is over what the last one wrote, so that a run
    whose log was taken away finds that out."""

    pause = 0.05

    def __init__(self, bucket: Bucket, url: str, key: str) -> None:
        self._key = key
        self.name = f"{url}/{key}"
        self._objects = Objects(bucket, self.name)
        self._large = _LARGE if bucket.rewrites else 0
        self._found: Sequence[str] | None = None
        self._count = 0  # how many objects are of this run
        self._last = b""
        self._revision = ""

    @property
    def way_out(self) -> str:
        return f"Delete the objects below {self.name}/ to go on without it."

    def exists(self) -> bool:
        return bool(self._keys())

    def read(self) -> bytes:
        self._found = None
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            # One that is gone by now was removed with all others: the state that is read after this says so.
            return b"".join(stored.data for stored in pool.map(self._objects.get, self._keys()) if stored is not None)

    def append(self, data: bytes, *, synced: bool = True) -> None:
        if self._count == 0 or len(self._last) >= self._large:
            self._begin(data)
        else:
            self._write(self._last + data, self._revision)

    def remove(self) -> None:
        keys = [*self._keys()]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            # The first one last: without it the others would say nothing of the state that they belong to.
            list(pool.map(lambda key: self._objects.delete([key]), keys[1:]))
        self._objects.delete(keys[:1])
        self._found, self._count = (), 0

    def close(self) -> None:
        pass

    def _begin(self, data: bytes) -> None:
        """Another object; for the first one, where there is none by anybody else."""
        if self._count and not self._is_ours():
            raise Changed
        self._count += 1
        self._write(data, "")

    def _write(self, data: bytes, after: str) -> None:
        self._revision = self._objects.put(self._path(self._count - 1), data, after)
        self._last = data

    def _is_ours(self) -> bool:
        there = self._objects.get(self._path(self._count - 1))
        return there is not None and there.revision == self._revision

    def _keys(self) -> Sequence[str]:
        if self._count:
            return [self._path(number) for number in range(self._count)]
        if self._found is None:
            self._found = [meta["path"] for meta in self._objects.list(self._key)]
        return self._found

    def _path(self, number: int) -> str:
        return f"{self._key}/{number:08}"
