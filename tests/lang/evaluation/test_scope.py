"""What expressions come to: references, functions, secrets, unknown values, and the walls of the sandbox."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, Place
from hcl_lite.core.values import UNKNOWN, Secret
from hcl_lite.lang.expressions.functions import FunctionContext, FunctionError, make_functions
from hcl_lite.lang.expressions.model import ExpressionError
from hcl_lite.lang.expressions.parse import parse_expression, parse_template
from hcl_lite.lang.expressions.sandbox import render
from tests.lang.scopes import make_scope


def _evaluate(value: str, root: Path = Path()) -> Any:
    scope = make_scope(f"[locals]\nx = {value}\n", root)
    return scope.evaluate_argument(scope.config.blocks[Address.parse("local.x")], "value")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"plain"', "plain"),
        ('"$${not} $x"', "${not} $x"),
        ('"${var.name}"', "api"),
        ('"${var.count}"', 3),
        ('"${var.count + 1}"', 4),
        ('"a-${var.name}-${var.count}-${var.on}"', "a-api-3-true"),
        ('"${var.list}"', [1, 2]),
        ('"${var.list[1]}"', 2),
        ('"${var.map.items}"', "mine"),
        ("'${var.map[\"a\"].b | upper}'", "DEEP"),
        ('"${var.map.keys() | list}"', ["items", "a"]),
        ("'${\"}\" ~ var.name}'", "}api"),
        ("'${var.name if var.on else \"no\"}'", "api"),
        ("['${var.name}', {k = '${var.count}'}]", ["api", {"k": 3}]),
        ("'${jsonencode(var.map)}'", '{"items": "mine", "a": {"b": "deep"}}'),
        ("'${jsondecode(\"[1]\")[0]}'", 1),
        ("'${max(*var.list)}'", 2),
        ("'${max(0, *(var.list | map(\"abs\")))}'", 2),
        ("'${merge(*[var.map, {\"a\": upper(var.name)}]).a}'", "API"),
        ("'${\"x\" ~ var.on ~ var.count * 1.0}'", "xtrue3"),
        ("'at most ${var.count * 1.0} of ${var.count / 2}'", "at most 3 of 1.5"),
    ],
)
def test_an_expression_has_its_value(text: str, value: Any) -> None:
    """A string that is one expression keeps the value's type; others are put together as text."""
    assert _evaluate(text) == value


@pytest.mark.parametrize("text", ["${self.url}", '${startswith(self.url, "/d/")}', '${try(self.uid, "x" ~ self.url)}'])
def test_self_is_the_object(text: str) -> None:
    """Alone and inside of a larger expression, where Jinja2 has a meaning of its own for the word."""
    scope = make_scope("[locals]\nx = 1\n")
    block = scope.config.blocks[Address.parse("local.x")]
    values = {"${self.url}": "/d/api", '${startswith(self.url, "/d/")}': True}
    assert scope.evaluate(block, text, (), {"url": "/d/api"}) == values.get(text, "x/d/api")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{"on": ${on}, "at": ${at}, "k": ${"x" ~ on}}', '{"on": true, "at": 1, "k": xtrue}'),
        ("%{ for item in list }${item},%{ endfor }", "1,2,"),
        ("${jsonencode(list)} $${list} %%{list}", "[1, 2] ${list} %{list}"),
    ],
)
def test_a_template_is_text_as_the_language_writes_it(template: str, text: str) -> None:
    """true and not True, 1 and not 1.0: it is JSON that templates are for."""
    values = {"on": True, "at": 1.0, "list": [1, 2]}
    assert render(template, values, make_functions(FunctionContext(Path()))) == text


@pytest.mark.parametrize(("value", "found"), [(None, "null"), ([1], "a list"), ({"a": 1}, "a map")])
def test_a_template_takes_nothing_that_is_no_text(value: Any, found: str) -> None:
    """What Python would print of it is not JSON."""
    with pytest.raises(FunctionError, match=f"A text cannot hold {found}; jsonencode"):
        render("${value}", {"value": value}, {})


@pytest.mark.parametrize(
    "text", ['"${var.token}"', '"Bearer ${var.token}"', '"${var.token | upper}"', '["${var.token}"]']
)
def test_what_is_made_of_a_secret_is_a_secret(text: str) -> None:
    """And does not show itself when printed."""
    value = _evaluate(text)
    assert isinstance(value[0] if isinstance(value, list) else value, Secret)
    assert "s3cret" not in repr(value).lower()


@pytest.mark.parametrize("text", ['"${var.later}"', '"x ${var.later}"', '"${var.later + 1}"', '"${var.later.a.b}"'])
def test_what_is_made_of_an_unknown_value_is_unknown(text: str) -> None:
    """Known only after apply."""
    assert _evaluate(text) is UNKNOWN


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ('"ab ${var.map.nope}"', 10, 'has nothing at "nope"'),
        ('"${1 / 0}"', 6, "A number is divided by zero."),
        ('"x${var.list}"', 8, "A string cannot hold a list"),
        ('"${fiel("x")}"', 6, 'There is no function "fiel"'),
        ("'${file(\"nowhere.json\")}'", 6, 'Cannot read "nowhere.json"'),
        ("'${file(\"a\\u0000b\")}'", 6, "cannot be a path"),
        ("'${jsondecode(\"{\")}'", 6, "not JSON"),
    ],
)
def test_an_expression_without_a_value_is_shown_at_its_place(tmp_path: Path, text: str, column: int, says: str) -> None:
    """Line and column of the expression itself."""
    with pytest.raises(HclError) as caught:
        _evaluate(text.replace('"x")', "'x')") if "fiel" in text else text, tmp_path)
    (diagnostic,) = caught.value.diagnostics
    assert says in diagnostic.detail
    assert diagnostic.place is not None
    assert diagnostic.place.line == 2
    assert abs(diagnostic.place.column - column) <= 2


@pytest.mark.parametrize(
    "source",
    [
        "var.name.__class__",
        "var.list.append(1)",
        "().__class__.__mro__",
        "var.map.update({'a': 1})",
        "''.__class__",
        "var.name.format.__globals__",
        "'{0.__class__}'.format(var.name).mro",
        "self",
        "config",
    ],
)
def test_the_sandbox_holds(source: str) -> None:
    """No attribute of a Python object, no mutation, no names but ours."""
    with pytest.raises(HclError):
        _evaluate(f"'''${{{source}}}'''")


@given(st.text(max_size=30))
def test_any_text_between_braces_is_a_value_or_a_diagnostic(source: str) -> None:
    """Never another exception."""
    scope = make_scope("[locals]\nx = 1\n")
    block = scope.config.blocks[Address.parse("local.x")]
    try:
        expression = parse_expression(source)
    except ExpressionError:
        return
    if any(r.address is not None and r.address not in scope.config.blocks for r in expression.references):
        return  # check_config reports these before anything is evaluated
    with contextlib.suppress(HclError):
        scope.evaluate(block, "${" + source + "}", ("value",))


@given(st.text(st.characters(codec="utf-8"), max_size=30).filter(lambda text: "${" not in text))
def test_text_without_expressions_comes_back(text: str) -> None:
    """And `$${` is a literal `${`."""
    assert parse_template(text) == (text,)
    assert parse_template(text.rstrip("$") + "$${" + text) == (text.rstrip("$") + "${" + text,)


@pytest.mark.parametrize("source", ["var.name", "var.map.a.b", "var.list", "jsondecode('[1]')"])
def test_the_short_way_and_the_sandbox_agree(source: str) -> None:
    """Plain references and f("literal") do not go through Jinja2; in brackets they do."""
    assert _evaluate(f'"${{{source}}}"') == _evaluate(f'"${{({source})}}"')


@pytest.mark.parametrize("text", ['"${var.name"', '"${}"', '"${1 +}"', '"${a b}"', '"${\'}"'])
def test_what_is_not_an_expression_says_so(text: str) -> None:
    """Before anything is evaluated."""
    with pytest.raises(ExpressionError):
        parse_template(text[1:-1])


def test_a_count_may_come_from_a_division() -> None:
    """4 / 2 is 2.0, which is as whole a number as 2."""
    address = Address.parse("grafana_folder.a")
    assert make_scope("[resource.grafana_folder.a]\ncount = '${4 / 2}'\n").instances(address) == {
        0: address.at(0),
        1: address.at(1),
    }


def test_expressions_that_together_take_too_much_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is small enough; the first that comes after the limit is the one that is named."""
    monkeypatch.setattr("hcl_lite.lang.expressions.limits._TOGETHER", -(2**50))
    scope = make_scope('[locals]\na = "${var.count}"\nb = "${1 + 1}"\nc = "plain"')
    told = []
    for name in "abc":
        try:
            scope.value(Address(Kind.LOCAL, name=name))
        except HclError as error:
            told += error.diagnostics
    detail = "What was computed so far takes more than 2 GiB. Each value is kept for as long as the run takes."
    place = Place("main.toml", 2, 5, 'a = "${var.count}"', 14)
    expected = Diagnostic("The values of the configuration need too much memory", detail, place)
    assert told == [expected, expected]
