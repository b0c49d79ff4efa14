"""Permissions that the writes of a type need, as far as they are known of a server."""

from __future__ import annotations

from dataclasses import dataclass

from hcl_lite.core.schema import Verb


@dataclass(frozen=True, slots=True)
class Access:
    """The actions, by the names that the server has for them, and the `role` that may do them; empty where a write may
    take one action or another.

    Who makes an object that is `owned` may do anything with it, and with what is put into it.
    """

    role: str
    create: str
    update: str
    delete: str
    owned: bool = False

    @classmethod
    def by(cls, role: str, action: str) -> Access:
        """One action for all writes."""
        return cls(role, action, action, action)

    def action(self, verb: Verb) -> str:
        """The action of a write."""
        return {"create": self.create, "update": self.update, "delete": self.delete}[verb]
