"""Results of reading a foreign format. Frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hcl_lite.operations.bulk_import.model import LeftOut
from hcl_lite.operations.migrate.interpolation import Interpolated
from hcl_lite.operations.migrate.tree import Tree


@dataclass(frozen=True, slots=True)
class Told:
    """An object as a file tells it.

    `wire` is what it is in the shape of Grafana's API, with Interpolated texts in it; `arguments` say in hcl-lite's own
    words what that has no place for. `text` is the JSON of its body, byte for byte, and `file` the file that has it and
    nothing else. `folder` is the uid of its folder, or `path` the titles of the folders that it lies in. `secrets` are
    those that the format refers to, by name, such as password or settings.url; `open` the names of those in plain text.
    `name` is what the block is called, and `where` the place that tells it: FILE:LINE.
    """

    type: str
    where: str
    uid: str = ""
    title: str = ""
    folder: str = ""
    path: tuple[str, ...] = ()
    wire: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    file: str = ""
    name: str = ""
    secrets: Mapping[str, Interpolated] = field(default_factory=dict)
    open: Sequence[str] = ()

    def __str__(self) -> str:
        called = self.title or self.uid
        return f'{self.where}: {self.type} "{called}"'


@dataclass(frozen=True, slots=True)
class Reading:
    """The objects in the files of a format; `left` is what cannot be carried over."""

    told: Sequence[Told] = ()
    left: Sequence[LeftOut] = ()

    def __add__(self, other: Reading) -> Reading:
        return Reading((*self.told, *other.told), (*self.left, *other.left))


@dataclass(frozen=True, slots=True)
class Origin:
    """The organisation of a server that the files are read for, by its number, and what opens the files that are at a
    path on that server; None where they are not here."""

    organisation: str = "1"
    open: Callable[[str], Tree | None] = lambda _: None


Reader = Callable[[Tree, Origin], Reading]
"""What reads a format. Raises HclError where there is nothing of that format."""

FOLDER_ARGUMENTS: Mapping[str, str] = {
    "grafana_dashboard": "folder",
    "grafana_folder": "parent_folder_uid",
    "grafana_rule_group": "folder_uid",
    "grafana_library_panel": "folder_uid",
}
"""Which argument of a type has the uid of its folder."""
