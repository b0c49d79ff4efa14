"""Which providers a configuration uses, and all types that there are, for people."""

from __future__ import annotations

from collections.abc import Iterator

import click

from hcl_lite.operations.inspecting import Providers


def render_providers(found: Providers) -> str:
    """A line for each that is used, and a block for each that there is."""
    return "\n".join(_lines(found))


def _lines(found: Providers) -> Iterator[str]:
    for used in found.used:
        place = f"  ({used.place})" if used.place else "  (set up by the environment)"
        yield f"{click.style(used.name, bold=True)}: {used.type}, used by {used.count} blocks{place}"
    for provider in found.types:
        yield f"\nProvider type {click.style(provider.name, bold=True)}: {provider.doc}"
        yield from (f"  resource {resource.name:<27} {resource.doc}" for resource in provider.resources.values())
        yield from (f"  data     {lookup.name:<27} {lookup.doc}" for lookup in provider.lookups.values())
