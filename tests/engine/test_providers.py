"""Which provider a block is for, where several provider types have its type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.core.schema import ProviderType
from tests.engine.world import World


class _World(World):
    """Boxes are of two provider types: fake, and rented, which has the same."""

    def types(self) -> Mapping[str, ProviderType]:
        fake = super().types()["fake"]
        return {"fake": fake, "rented": replace(fake, name="rented")}


@pytest.fixture
def world(tmp_path: Path) -> _World:
    return _World(tmp_path)


_BOX = '[resource.fake_box.b]\ntitle = "B"\n'
_FAKE, _RENTED = "[provider.fake]\n", "[provider.rented]\n"
_EU = '[provider.eu]\ntype = "rented"\n'
_MANY = '[provider.many]\ntype = "rented"\nfor_each = ["a", "b"]\n'


@pytest.mark.parametrize(
    ("providers", "said", "chosen"),
    [
        ("", "", "fake"),
        (_FAKE, "", "fake"),
        (_RENTED, "", "rented"),
        (_FAKE + _RENTED, "", "fake"),
        (_RENTED + _FAKE, "", "fake"),
        (_RENTED + _EU, "", "rented"),
        (_FAKE + _RENTED, "rented", "rented"),
        (_FAKE + _EU, "eu", "eu"),
        (_FAKE, "rented", "rented"),
        (_MANY, "many['a']", 'many["a"]'),
        ("", "rented", "rented"),
        ('[provider.fake]\ntype = "rented"\n', "", "fake"),
    ],
)
def test_the_default_is_named_like_the_first_type_that_is_declared(
    world: _World, providers: str, said: str, chosen: str
) -> None:
    """In whatever order they stand; what a block names is what it gets, if need be set up by the environment."""
    named = f'provider = "{said}"\n' if said else ""
    assert world.apply(providers + _BOX + named).failures == ()
    assert [record.provider for record in world.store.state.records.values()] == [chosen]
    assert chosen in world.opened


@pytest.mark.parametrize(
    ("providers", "said", "summary"),
    [
        (_EU, "", "Which provider is fake_box.b for?"),
        (_EU, "rented", 'There is no provider "rented" for fake_box'),
        (_FAKE + _RENTED, "rent", 'There is no provider "rent" for fake_box'),
    ],
)
def test_what_is_not_clear_is_asked(world: _World, providers: str, said: str, summary: str) -> None:
    """A block of another name is taken by nobody who does not name it."""
    named = f'provider = "{said}"\n' if said else ""
    with pytest.raises(HclError) as caught:
        world.plan(providers + _BOX + named)
    assert [d.summary for d in caught.value.diagnostics] == [summary]


def test_a_module_takes_the_provider_that_is_passed(world: _World, tmp_path: Path) -> None:
    """By the name of the default one."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "main.toml").write_text(_BOX)
    call = '[module.m]\nsource = "./inner"\nproviders = { fake = "eu" }\n'
    (tmp_path / "main.toml").write_text(_EU + call)
    world.apply(tmp_path)
    assert [record.provider for record in world.store.state.records.values()] == ["eu"]
