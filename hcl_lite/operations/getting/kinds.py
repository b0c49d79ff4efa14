"""Types as people name them: grafana_folder, folder, folders, data-sources, datasources. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean
from hcl_lite.core.schema import ProviderType
from hcl_lite.operations.bulk_import.names import noun_of, nouns_of


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource type, or a lookup where no resource type is called so."""

    name: str
    is_lookup: bool = False

    def is_of(self, provider: ProviderType) -> bool:
        """Whether a provider has it."""
        return self.name in (provider.lookups if self.is_lookup else provider.resources)


def find_kind(text: str, providers: Mapping[str, ProviderType]) -> Kind:
    """The type that `text` names. Raises HclError where none is called so."""
    wanted = _key(text)
    resources = [name for provider in providers.values() for name in provider.resources]
    lookups = [name for provider in providers.values() for name in provider.lookups]
    named = {**_by_nouns(resources, False)}
    named |= {form: kind for form, kind in _by_nouns(lookups, True).items() if form not in named}
    for form, kind in named.items():
        if _key(form) == wanted:
            return kind
    hint = "hcl-lite docs lists all types, hcl-lite get what a server has of them."
    raise HclError(Diagnostic(f'There is no type "{text}"', did_you_mean(text.replace("-", "_"), named), hint=hint))


def plain_names(providers: Mapping[str, ProviderType]) -> Sequence[str]:
    """The names by which types are asked for, without their providers': those of many, and of lookups."""
    lists = {nouns_of(name) for provider in providers.values() for name in provider.resources}
    return sorted(lists | {noun_of(name) for provider in providers.values() for name in provider.lookups})


def _key(text: str) -> str:
    return text.replace("-", "").replace("_", "").lower()


def _by_nouns(names: Iterable[str], is_lookup: bool) -> Mapping[str, Kind]:
    """Types by what they are called: by their nouns, of one and of many, with and without their provider's name;
    where two are called the same, that of the first provider."""
    found: dict[str, Kind] = {}
    for name in names:
        prefix = name.partition("_")[0]
        for noun in (noun_of(name), *(() if is_lookup else (nouns_of(name),))):
            for form in (noun, f"{prefix}_{noun}"):
                found.setdefault(form, Kind(name, is_lookup))
    return found
