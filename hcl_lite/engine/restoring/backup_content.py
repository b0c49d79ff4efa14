"""Finds what the backup of an object lacks, and the notes on that. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from hcl_lite.core.places import Place
from hcl_lite.core.schema import Live, ResourceType
from state.backups import Backup
from state.model import Record


def lacks_what_is_needed(type_: ResourceType, backup: Backup) -> bool:
    """Whether the backup lacks a part without which no object can be created."""
    needed: set[Place] = {(attr.wire,) for attr in type_.attrs.values() if attr.required and attr.wire}
    needed |= {one for attr in type_.attrs.values() if attr.slug_of for one in type_.in_document(attr.slug_of)}
    return any(place[: len(left)] == left for left in backup.left_out for place in needed)


def added_secrets(backup: Backup, live: Live, record: Record | None) -> Sequence[str]:
    """Returns the names of secrets that the run has added to an object which had none of these."""
    ours = record.secrets.keys() if record is not None else frozenset[str]()
    return sorted(((live.secret_keys or frozenset()) & ours) - {*backup.secret_keys})


def sensitive_places(record: Record | None, backup: Backup) -> tuple[Place, ...]:
    """Returns the places of values that come of secrets, then or now."""
    return tuple(dict.fromkeys(place for one in (record, backup.record) if one is not None for place in one.sensitive))


def note(backup: Backup, live: Live | None, added: Sequence[str] = ()) -> str:
    """Returns a note on what is not put back."""
    notes = []
    if live is None and backup.secret_keys:
        notes.append(f"Its secrets are in no backup ({', '.join(backup.secret_keys)}): the next apply sets them again.")
    elif live is not None and (backup.secret_keys or live.secret_keys):
        stay = sorted((live.secret_keys or frozenset()) - {*added})
        notes.append(f"Its secrets stay as they are now ({', '.join(stay) or 'none'}).")
    if backup.left_out:
        paths = ", ".join(".".join(map(str, path)) for path in backup.left_out)
        left = "it is left out" if live is None else "it stays as it is now"
        notes.append(f"The backup is without what was secret ({paths}): {left}.")
    return " ".join(notes)
