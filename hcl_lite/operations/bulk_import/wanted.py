"""Blocks that are to be written for one object each, as people ask for them."""

from __future__ import annotations

from dataclasses import dataclass

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError


@dataclass(frozen=True, slots=True)
class Wanted:
    """A block to be written: its type, the `name` of the block, which is made of the title where it is empty, and the
    provider, which is found where it is empty."""

    type: str
    name: str = ""
    provider: str = ""

    @classmethod
    def parse(cls, text: str, provider: str = "") -> Wanted:
        """Reads TYPE or TYPE.NAME. Raises HclError."""
        if "." not in text:
            return cls(text, "", provider)
        try:
            address = Address.parse(text)
        except ValueError as error:
            raise HclError(Diagnostic(f"{text} is no address", f"{error}.")) from error
        if address.module or address.key is not None or address.kind is not Kind.RESOURCE:
            detail = "What is written is a block of the root module, for one object."
            raise HclError(Diagnostic(f"No block can be written for {text}", detail))
        return cls(address.type, address.name, provider)
