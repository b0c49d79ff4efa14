"""Which instances and names an expression needs."""

from __future__ import annotations

import pytest

from hcl_lite.core.addrs import Address
from hcl_lite.lang.config.block import expressions_of
from hcl_lite.lang.evaluation.dependencies import needs
from tests.lang.scopes import make_scope

_DECLARED = """
[resource.grafana_folder.one]
[resource.grafana_folder.each]
for_each = { a = 1, b = 2 }
[resource.grafana_folder.later]
count = "${var.later}"
"""


@pytest.mark.parametrize(
    ("value", "needed"),
    [
        ("${var.name}", []),  # known from the beginning
        ("${local.other}", ["local.other"]),
        ("${grafana_folder.one.uid}", ["grafana_folder.one"]),
        ("${grafana_folder.each.b.uid}", ['grafana_folder.each["b"]']),
        ("${grafana_folder.each.c.uid}", []),
        ("${grafana_folder.each['b'].uid}", ['grafana_folder.each["b"]']),
        ("${grafana_folder.each}", ['grafana_folder.each["a"]', 'grafana_folder.each["b"]']),
        ("${grafana_folder.each | length}", []),
        ("${grafana_folder.later[0].uid}", []),
        ("${path.module}", []),
    ],
)
def test_an_expression_needs_what_it_looks_at(value: str, needed: list[str]) -> None:
    """Of a collection the instances that it names; all of them where it is passed on; none that are not known yet."""
    scope = make_scope(f'{_DECLARED}[locals]\nx = "{value}"\n')
    block = scope.config.blocks[Address.parse("local.x")]
    found = [address for _, expression in expressions_of(block) for address in needs(scope, block, expression)]
    assert [str(address) for address in found] == needed


def test_what_each_value_rests_on_is_the_instance_of_the_same_key() -> None:
    """Of the collection that for_each is."""
    text = '[resource.grafana_dashboard.d]\nfor_each = "${grafana_folder.each}"\nfolder = "${each.value.uid}"\n'
    scope = make_scope(_DECLARED + text)
    block = scope.instance(Address.parse('grafana_dashboard.d["b"]'))
    (expression,) = [expression for path, expression in expressions_of(block) if path == ("folder",)]
    assert [str(address) for address in needs(scope, block, expression)] == ['grafana_folder.each["b"]']
