"""Paths of files by templates that the user may choose: dashboards/{folder}/{slug}.json. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.operations.bulk_import.model import Found
from hcl_lite.operations.bulk_import.names import default_provider, file_stem, noun_of, nouns_of

_FIELD = re.compile(r"\{([^{}]*)\}")
_FIELDS = ("folder", "slug", "uid", "type", "types", "provider")
_BODIES = "{provider}/{types}/{folder}/{slug}.json"
_BLOCKS = "{provider}_{types}.toml"
_SAFE = re.compile(r"[\w .{}/@+,=-]+")  # what stands in a path of an expression as it is, on every system
_AT_AN_END = re.compile(r"^[-_. ]+|[-_. ]+(?=\.toml$)")  # what joins a field that is empty
_OF_ALL = ("uid", "slug")  # what tells the bodies of a folder apart


@dataclass(frozen=True, slots=True)
class Templates:
    """Paths in the configuration: `bodies` of files that blocks read, `blocks` of files of blocks, empty where nothing
    was chosen.

    {folder} is the way of folders to an object, empty at the top; {slug} its title, {uid} its uid, {type} its type,
    such as dashboard, {types} the same of many, {provider} its provider where that is not the default one.
    """

    bodies: str = ""
    blocks: str = ""

    def body_of(self, one: Found) -> str:
        """The path of the body of an object, without its ending."""
        return _joined(_filled(self.bodies or _BODIES, _fields(one, "/"))).removesuffix(".json")

    def directories_of(self, one: Found, ways: Sequence[str], *, is_asked: bool = False) -> list[str]:
        """The directories of the bodies of the objects in the folder of `one`, by each of `ways` to it; none where they
        have none of their own. Raises HclError for that where it is asked for."""
        directory = (self.bodies or _BODIES).rpartition("/")[0]
        if "{folder}" in directory and not any(f"{{{field}}}" in directory for field in _OF_ALL):
            return [_joined(_filled(directory, _fields(one, "/", way))) for way in ways]
        if not is_asked:
            return []
        detail = f"{self.bodies} has those of a folder in no directory of their own."
        hint = "Such as: --layout 'dashboards/{folder}/{slug}.json'"
        raise HclError(Diagnostic("--style fileset reads the files of a directory", detail, hint=hint))

    def blocks_of(self, one: Found) -> str:
        """The file of the block of an object."""
        name = _filled(self.blocks or _BLOCKS, _fields(one, "-"))
        return _AT_AN_END.sub("", name)


@dataclass(frozen=True, slots=True)
class Style:
    """The style of what is written: where, whether dashboards are the files of a directory with one block for each
    (`in_filesets`), and whether their blocks say which data sources their JSON means."""

    templates: Templates = field(default_factory=Templates)
    in_filesets: bool = False
    references_data_sources: bool = False


def read_templates(texts: Sequence[str]) -> Templates:
    """Returns the templates that the user has given. Raises HclError for one that leads out of the configuration, or
    says what nobody knows."""
    found = Templates()
    for text in texts:
        _check(text)
        bodies, blocks = (text, found.blocks) if text.endswith(".json") else (found.bodies, text)
        found = Templates(bodies, blocks)
    return found


def _check(text: str) -> None:
    steps = text.split("/")
    unknown = [field for field in _FIELD.findall(text) if field not in _FIELDS]
    plain = _FIELD.sub("", text)
    if unknown or "{" in plain or "}" in plain:
        detail = f"It has {{{unknown[0]}}}." if unknown else "It has a brace that stands alone."
    elif text.startswith(("/", "~")) or not _SAFE.fullmatch(text) or any(step.startswith(".") for step in steps):
        detail = "It leads out of the configuration, or to hidden files, or has characters that no such path should."
    elif not text.endswith((".json", ".toml")) or steps[-1].startswith((".json", ".toml")):
        detail = "It ends in .json, for files that blocks read, or in .toml, for blocks."
    elif text.endswith(".toml") and len(steps) > 1:
        detail = "Blocks lie in the directory of the configuration itself: one below it would be a module."
    elif text.endswith(".json") and not any(f"{{{field}}}" in text for field in _OF_ALL):
        detail = "Each object needs a file of its own: it has neither {slug} nor {uid}."
    else:
        return
    hint = f"Such as: dashboards/{{folder}}/{{slug}}.json. It may have {', '.join(f'{{{one}}}' for one in _FIELDS)}."
    raise HclError(Diagnostic(f'"{text}" is no layout', detail, hint=hint))


def _filled(template: str, fields: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda match: fields[match[1]], template)


def _joined(path: str) -> str:
    """A path without steps that are empty."""
    return "/".join(step for step in path.split("/") if step)


def _fields(one: Found, joint: str, folder: str | None = None) -> Mapping[str, str]:
    """Returns the values of template fields for an object; `joint` is between the folders of its way."""
    return {
        "folder": joint.join(map(file_stem, one.path)) if folder is None else folder,
        "slug": file_stem(one.title or one.uid),
        "uid": file_stem(one.uid),
        "type": noun_of(one.type.name),
        "types": nouns_of(one.type.name),
        "provider": "" if one.provider == default_provider(one.type.name) else one.provider,
    }
