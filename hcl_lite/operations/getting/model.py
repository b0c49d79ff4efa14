"""Requests and results of get. Frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hcl_lite.core.schema.objects import Search
from hcl_lite.core.values import JsonValue


@dataclass(frozen=True, slots=True)
class Wanted:
    """Objects to get: all, those of a `type`, or the one of it that `name` means. `folders` and `search` leave some;
    with `whole` each of them is read, not only listed."""

    type: str = ""
    name: str = ""
    folders: tuple[str, ...] = ()
    search: Search = field(default_factory=Search)
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """An object as it was read: its `arguments` as a block has them, the other `attributes`, and that `block` as TOML.
    The secrets that a server keeps are in none of them."""

    arguments: Mapping[str, JsonValue]
    attributes: Mapping[str, JsonValue]
    block: str


@dataclass(frozen=True, slots=True)
class Item:
    """An object on a server: `path` are the titles of the folders that it lies in, from the outside; `told` is what the
    list tells of it besides, `address` that of the block which manages it here, empty where none does. `content` is
    there where it was read, `reason` says why it could not be."""

    type: str
    uid: str
    title: str = ""
    path: tuple[str, ...] = ()
    address: str = ""
    told: Mapping[str, JsonValue] = field(default_factory=dict)
    content: Content | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Got:
    """The objects that were found, by type; `unlisted` says why there is no list of a type. `is_one` where one was
    asked for, `is_lookup` where that is what a lookup finds, `is_overview` where no type was asked for."""

    items: Sequence[Item] = ()
    unlisted: Mapping[str, str] = field(default_factory=dict)
    is_one: bool = False
    is_lookup: bool = False
    is_overview: bool = False
