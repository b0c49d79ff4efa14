"""What expressions can do and cannot: marks of secrets and unknown values, limits, and errors with their places."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.core.values import UNKNOWN, Secret
from hcl_lite.lang.expressions import limits, sandbox
from hcl_lite.lang.expressions.functions import FunctionContext, FunctionError, make_functions
from hcl_lite.lang.expressions.marks import Tracker
from hcl_lite.lang.expressions.model import ExpressionError
from hcl_lite.lang.expressions.parse import parse_expression

_FUNCTIONS = make_functions(FunctionContext(Path()))
_S = Secret("s")
_U = UNKNOWN


def _run(source: str, **names: Any) -> Any:
    expression = parse_expression(source)
    tracker = Tracker()
    marked = {name: tracker.mark(value) for name, value in names.items()}
    return sandbox.run(source, expression.calls, marked, _FUNCTIONS, tracker)


@pytest.mark.parametrize(
    ("source", "names", "value"),
    [
        # What is only passed on stays as it is.
        ("[a, 1]", {"a": _U}, [_U, 1]),
        ("[a, 1]", {"a": _S}, [_S, 1]),
        ('{"k": a}', {"a": _S}, {"k": _S}),
        ("a.x", {"a": {"x": 1, "y": _U, "z": _S}}, 1),
        ("a.y.deep[0]", {"a": {"x": 1, "y": _U}}, _U),
        ("a[k].x", {"a": {"q": {"x": 1, "y": _U}}, "k": "q"}, 1),
        ("merge(a, b)", {"a": {"x": _S}, "b": {"y": _U}}, {"x": _S, "y": _U}),
        ("a | length", {"a": [_U, _S]}, 2),
        ("a.values() | map(attribute='x') | list", {"a": {"p": {"x": 1, "y": _U}}}, [1]),
        ("1 if a is defined else 2", {"a": _U}, 1),
        ("b if c else a", {"a": _U, "b": 1, "c": True}, 1),
        # What is looked at makes the whole like it.
        ("a ~ 'x'", {"a": _U}, _U),
        ("a ~ 'x'", {"a": _S}, Secret("sx")),
        ("a | upper", {"a": _S}, Secret("S")),
        ("a == 's'", {"a": _S}, Secret(True)),
        ("1 if a == 's' else 2", {"a": _S}, Secret(1)),
        ("1 if a else 2", {"a": _U}, _U),
        ("a + 1", {"a": _U}, _U),
        ("1 + a", {"a": Secret(2)}, Secret(3)),
        ("'s' in [a]", {"a": _S}, Secret(True)),
        ("a in {'s': 1}", {"a": _S}, Secret(True)),
        ("a is none", {"a": Secret(None)}, Secret(True)),
        ("a | default(1)", {"a": _U}, _U),
        ("jsonencode(a)", {"a": {"k": _S}}, Secret('{"k": "s"}')),
        ("jsonencode(a)", {"a": {"k": _U}}, _U),
        ("sha256(a)", {"a": _U}, _U),
        ("[3, a] | sort", {"a": Secret(2)}, Secret([2, 3])),
        ("[1, a] | sum", {"a": Secret(2)}, Secret(3)),
        ("a.k.upper()", {"a": {"k": _S}}, Secret("S")),
        ("try(a.missing, a.k)", {"a": {"k": _S}}, _S),
        ("can(a.b)", {"a": _U}, True),
        ("{a: 1}", {"a": _S}, Secret({"s": 1})),
        # A text that has a list in it has what is in the list in it.
        ("{'k': [a]} | tojson", {"a": _S}, Secret('{"k": ["s"]}')),
        ("{'k': [a]} | tojson", {"a": _U}, _U),
        ("'%v' | format([a])", {"a": _S}, Secret('["s"]')),
        ("'%v' | format([a])", {"a": _U}, _U),
        ("[['k', [a]]] | urlencode", {"a": _U}, _U),
    ],
)
def test_secrets_and_unknown_values_travel_through(source: str, names: dict[str, Any], value: Any) -> None:
    """As they are where they are passed on; marking the whole where they are looked at."""
    assert _run(source, **names) == value


@pytest.mark.parametrize("secret", ["hunter2", 'a"b\\c<é', "two\nlines"])
@pytest.mark.parametrize(
    "source", ["jsonencode({'uid': 'u', 'd': a})", "jsonencode({'uid': 'u', 'd': [jsonencode(a)]})"]
)
def test_json_that_a_secret_was_put_into_tells_which(secret: str, source: str) -> None:
    """However JSON has to write it: the rest of the text is none."""
    made = _run(source, a=Secret(secret))
    assert isinstance(made, Secret)
    assert secret in made.texts
    assert not any("uid" in text for text in made.texts)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("try(jsondecode('{'), 'no JSON')", "no JSON"),
        ("try(a.b.c, a.x, 3)", 3),
        ("try(1 / 0, try(a.b, 'inner'))", "inner"),
        ("[can(a.b), can(a.k), can(1 / 0)]", [False, True, False]),
        ("a.b is defined", False),
        ("a.b | default('d')", "d"),
        ("a.items() | list", [["k", 1]]),
        ("range(3) | map('string') | join('-')", "0-1-2"),
        ("'x' ~ true ~ 1.5", "xtrue1.5"),
        ("a | dictsort", [["k", 1]]),
        ("'ab' | list", ["a", "b"]),
        ("[1, 2, 3] | select('odd') | list", [1, 3]),
        ("[{'n': 'b'}, {'n': 'a'}] | sort(attribute='n') | map(attribute='n') | first", "a"),
        ("'%03d' | format(7)", "007"),
        ("[{'n': 'b'}, {'n': 'a'}] | groupby('n') | map(attribute='grouper') | list", ["a", "b"]),
        ("[[1], [2]] | sum(start=[])", [1, 2]),
        ("true | upper", "TRUE"),
        ("self.x > 1", True),
        ("[true, 1.0, 'a'] | join(',')", "true,1,a"),
        ("[{'n': 1}, {'n': 2}] | join('-', attribute='n')", "1-2"),
        ("['{\"a\": 1}', '[2]'] | map('jsondecode') | list", [{"a": 1}, [2]]),
        ("['a-b', 'c'] | map('split', 'x')  | list | length if false else 'a-b' | trimprefix('a')", "-b"),
        ("['x'] | map('sha256') | first | length", 64),
        ("'a<b' | upper", "A<B"),
    ],
)
def test_expressions_have_the_values_that_their_words_say(source: str, value: Any) -> None:
    """Jinja2's filters work; try() and can() get their arguments unevaluated."""
    assert _run(source, a={"k": 1}, self={"x": 2}) == value


_REFUSED = [
    ("a.__class__", 'There is no "__class__"'),
    ("a['__class__']", 'There is no "__class__"'),
    ("''.__class__.__mro__", 'There is no "__class__"'),
    ("''.format('x')", 'There is no "format"'),
    ("''.join(['a'])", 'There is no "join"'),
    ("[].append(1)", 'There is no "append"'),
    ("a.update({'x': 1})", 'There is no "update"'),
    ("file.__globals__", 'There is no "file" here'),
    ("'a' | attr('upper')", 'no filter "attr"'),
    ("['a'] | map('attr', '__class__') | list", "No filter named 'attr'"),
    ("[1, 2] | random", 'no filter "random"'),
    ("cycler(1)", 'no function "cycler"'),
    ("lipsum()", 'no function "lipsum"'),
    ("a.get", "a function that is not called"),
    ("'a' * 10**9", "copies"),
    ("10**9 * 'a'", "copies"),
    ("[0] * 10**9", "copies"),
    ("2 ** 100000", "power"),
    ("'%999999999d' % 1", "format()"),
    ("'%(a)999999999d' % {'a': 1}", "format()"),
    ("'%999999999d' | format(1)", "nothing wider"),
    ("'a' | center(1000000000)", "too large"),
    ("'a' | indent(1000000000)", "too large"),
    ("[1] | batch(1000000000, 'x') | list", "too large"),
    ("('a' * 100000) | replace('a', 'b' * 100000)", "too long"),
    ("range(1000) | join('a' * 1000000)", "too long"),
    ("range(1000000)", "range()"),
    ("'a' ~ [1]", "cannot hold a list"),
    ("'a' ~ none", "cannot hold null"),
    ("1 + 'a'", '"+" cannot be used with a number and a string'),
    ("{} < 1", '"<" cannot be used with a map and a number'),
    ("1 / 0", "divided by zero"),
    ("a.b", 'There is no "b" in this map. Known: k'),
    ("a.b.c", 'There is no "b" in this map. Known: k'),
    ("[1][5]", "There is no item 5 in this list of 1"),
    ("try()", "at least one argument"),
    ("try(*[1])", "one by one"),
    ("try(k=1)", "one by one"),
    ("can()", "exactly one value"),
    ("can(1, 2)", "exactly one value"),
    ("[1] | upper", "cannot hold a list"),
    ("none | trim", "cannot hold null"),
    ("a | pprint", 'no filter "pprint"'),
    ("1e400", "more than 308 digits"),
    ("1e308 * 10", "more than 308 digits"),
    ("10**300 * 10**300", "more than 308 digits"),
    ("'nan' | float", "more than 308 digits"),
    ("('f' * 10000) | int(base=16)", "more than 308 digits"),
    ("9" * 5000 + " + 1", "thousands of digits"),
    ("(-8) ** 0.5", "no such number"),
    ("'a' ** 2", '"**" cannot be used with a string and a number'),
    ("-'a'", '"-" cannot be used with a string.'),
    ("'a' * 1.5", '"*" cannot be used with a text or a list and a number'),
    ("1 | length", "has a length"),
    ("+".join(["('a' * 60000000)"] * 2), "too long"),
    ("~".join(["('a' * 60000000)"] * 2), "too long"),
    ("[0] * 4000000 + [0] * 4000000", "too long"),
    ("([[0] * 100000] * 100000) | sum(start=[])", "too many lists"),
    ("('a\\n' * 30000) | indent(100000)", "too long"),
    ("('a ' * 3000000) | wordwrap(1, wrapstring='b' * 10000)", "too long"),
    (" + ".join(["1"] * 3000), "nested too deeply"),
    ("upper(a.b)", 'There is no "b"'),
]


@pytest.mark.parametrize(("source", "says"), _REFUSED, ids=[source[:60] for source, _ in _REFUSED])
def test_what_an_expression_must_not_do_is_refused(source: str, says: str) -> None:
    """At once, in words without Python in them."""
    begun = time.monotonic()
    with pytest.raises(ExpressionError) as caught:
        _run(source, a={"k": 1})
    assert says in str(caught.value)
    assert time.monotonic() - begun < 5


def test_an_expression_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A regular expression that backtracks for ever, inside of try() too."""
    monkeypatch.setattr(sandbox, "SECONDS", 0.2)
    for source in ("regex('(a+)+$', 'a' * 40 ~ 'b')", "try(regex('(a+)+$', 'a' * 40 ~ 'b'), 1)"):
        with pytest.raises(ExpressionError, match="takes more than"):
            _run(source)


def test_the_clock_stands_while_a_program_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has a limit of its own; what comes after it has the time that was left."""
    monkeypatch.setattr(sandbox, "SECONDS", 0.2)

    def jsonnet() -> str:
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            pass
        return "x"

    expression = parse_expression("jsonnet() ~ 'y'")
    assert sandbox.run(expression.source, expression.calls, {}, {"jsonnet": jsonnet}, Tracker()) == "xy"


def test_an_expression_that_needs_too_much_memory_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the machine has none left, and whatever Jinja2 does with errors."""
    monkeypatch.setattr(limits, "MEMORY", -(2**50))
    with pytest.raises(ExpressionError, match="too much memory"):
        _run("try(range(100000) | batch(1) | map('batch', 100000, 1) | map('list') | list, 1)")


def test_what_is_stopped_while_garbage_is_collected_is_stopped_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python drops what is raised there; nothing of it is on the terminal (pytest would fail for that)."""
    monkeypatch.setattr(limits, "MEMORY", -(2**50))
    monkeypatch.setattr(limits, "LOOKS_AGAIN", 0.1)

    def busy(_: str, __: object) -> None:
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            pass

    def collect() -> str:
        gc.collect()
        while True:
            pass

    gc.callbacks.append(busy)
    try:
        with pytest.raises(ExpressionError, match="too much memory"), limits.limited(10):
            collect()
    finally:
        gc.callbacks.remove(busy)


_PLACES = [
    ("a.b + ", 4, "A value is missing at the end"),
    ("a b", 2, 'Unexpected "b"'),
    ("a.b ? 1 : 2", 4, "VALUE if CONDITION else OTHER"),
    ("a && b", 2, '"and"'),
    ("a || b", 2, '"or"'),
    ("!a", 0, '"not"'),
    ("a # b", 2, '"#" has no meaning here'),
    ("a | nofilter", 4, 'no filter "nofilter"'),
    ("a | upper | uper | x", 12, 'no filter "uper"'),
    ("a is nothing", 5, 'no test "nothing"'),
    ("a is not nothing", 9, 'no test "nothing"'),
    ("1 + jsondecode('{')", 4, "jsondecode()"),
    ("upper('a') ~ lower(1, 2)", 13, "lower()"),
    ("upper('a') if lower(1, 2) else 1", 14, "lower()"),
    ("[upper(upper(upper({})))]", 13, "upper()"),
]


@pytest.mark.parametrize(("source", "at", "says"), _PLACES, ids=[source for source, _, _ in _PLACES])
def test_an_error_has_its_place_inside_the_expression(source: str, at: int, says: str) -> None:
    """Where the reading ended, or the very call that failed."""
    with pytest.raises(ExpressionError) as caught:
        _run(source, a={"b": 1}, b=1)
    assert (caught.value.at, says in str(caught.value)) == (at, True), str(caught.value)


def test_references_have_their_places() -> None:
    """Also where one name is a filter, a keyword argument and a variable, and in the order of a conditional."""
    source = "x.a | default(x.b, boolean=true) if y is not none else f(k=x.c, l={\"x\": z[0].q}) ~ 'x.d'"
    expression = parse_expression(source)
    found = [(reference.text, reference.at) for reference in expression.references]
    assert found == [(text, source.index(text)) for text in ("x.a", "x.b", "y", "x.c")] + [
        ("z[0].q", source.index("z[0]"))
    ]
    assert [(call.name, call.at) for call in expression.calls] == [("f", source.index("f(k"))]


@pytest.mark.parametrize(
    ("text", "names", "result"),
    [
        ("a ${x} b", {"x": 1}, "a 1 b"),
        ("%{ for i in xs }${i},%{ endfor }", {"xs": [1, 2]}, "1,2,"),
        ("%{ if x }yes%{ else }no%{ endif }", {"x": False}, "no"),
        ("$${x} %%{ if } {{ x }} {# x #} $x", {"x": 1}, "${x} %{ if } {{ x }} {# x #} $x"),
        ("${upper(x)} ${true} ${loop_free.a}", {"x": "a", "loop_free": {"a": 1.5}}, "A true 1.5"),
        ("%{ for i in xs }${loop.index}%{ endfor }\n", {"xs": "ab"}, "12\n"),
    ],
)
def test_templates_are_filled(text: str, names: dict[str, Any], result: str) -> None:
    """With Terraform's marks; what Jinja2 has otherwise is plain text."""
    assert sandbox.render(text, names, _FUNCTIONS) == result


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("${x.y}", 'There is no "y"'),
        ("a\n%{ if }", "(line 2)"),
        ("%{ for i in x }${i}", "endfor"),
        ("%{ include 'x' }", "no loader"),
        ("%{ for i in range(100000) }${'a' * 1000000}%{ endfor }", "too long"),
        ("${none}", "cannot hold null"),
        ("${x}", "cannot hold a map"),
        ("${''.__class__}", 'There is no "__class__"'),
    ],
)
def test_templates_have_the_same_limits(text: str, says: str) -> None:
    """As a FunctionError, since a function fills them."""
    with pytest.raises(FunctionError) as caught:
        sandbox.render(text, {"x": {}}, _FUNCTIONS)
    assert says in str(caught.value)
