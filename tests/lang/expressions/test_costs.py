"""What every function, filter and method may cost: the largest that is let through, and what is refused before it runs.

HCL_LITE_TEST_COSTS=1 pytest tests/lang/test_costs.py      # all of it: some minutes
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping

import pytest

from hcl_lite.lang.expressions.environment import _METHODS, expression_environment
from hcl_lite.lang.expressions.functions import FUNCTION_NAMES
from hcl_lite.lang.expressions.functions.costs import Size, check_size
from hcl_lite.lang.expressions.marks import Tracker
from hcl_lite.lang.expressions.model import Expression, ExpressionError
from hcl_lite.lang.expressions.parse import parse_template
from hcl_lite.lang.expressions.sandbox import run
from tests.conftest import Figures
from tests.lang.expressions.functions.calling import functions_of

_SECONDS, _MEGABYTES = 13.0, 512  # 10 s, and what it takes to hear the alarm on a busy machine
_LONG = os.environ.get("HCL_LITE_TEST_COSTS") == "1"
_SHORT = ("trim", "jsondecode")  # measured in every run of the tests


def _words(text: str) -> list[str]:
    return text.split()


# By function: expressions with the largest that each is given. Names: tests/lang/costs.py.
_FUNCTIONS: Mapping[str, str] = {
    **{name: f"{name}(t); {name}(w); {name}(x)" for name in _words("lower upper trimspace chomp strrev md5 sha1")},
    **{name: f"{name}(t); {name}(w); {name}(x)" for name in _words("sha256 sha512 length tostring type")},
    **{name: f"{name}(n) | length; {name}(f)" for name in _words("tolist reverse distinct sort toset compact")},
    **{name: f"{name}(n); {name}([g])" for name in _words("flatten coalescelist concat max min")},
    **{name: f"{name}(n)" for name in _words("sum one alltrue anytrue")},
    **{name: f"{name}(m) | length" for name in _words("keys values tomap merge")},
    **{name: f"{name}(t, 'a'); {name}(w, w); {name}(x, 'b')" for name in _words("trim trimprefix trimsuffix")},
    **{name: f"{name}(t, t); {name}(w, 'é')" for name in _words("startswith endswith strcontains")},
    **{name: f"{name}(f, f); {name}(g, g)" for name in _words("setunion setintersection setsubtract zipmap")},
    **{name: f"{name}(g, ['x']); {name}(f, 'x')" for name in _words("contains index")},
    **{name: f"{name}(1)" for name in _words("abs ceil floor signum tonumber tobool")},
    **{name: f"{name}(t)" for name in _words("basename dirname abspath pathexpand parseint")},
    "title": "title(h)",
    "join": "join(',', f); join('', [t]); join('é', f)",
    "split": "split(',', s); split('', 'a' * 4999999); split('x', t)",
    "replace": "replace(t, 'a', 'b'); replace(t, '/a{20}/', 'b'); replace('ab' * 20000000, 'ab', 'xyz')",
    "regex": "regex('a+$', t); regex('b', t)",
    "regexall": "regexall('a{100}', t); regexall('(ab),', s * 0 ~ 'ab,' * 300000)",
    "format": "format('%s', t); format('%v', f); format('%s' * 1, w)",
    "formatlist": "formatlist('%s', f[0:300000]); formatlist('%s%s', f[0:200000], 'x')",
    "indent": "indent(4, 'a\n' * 9000000)",
    "substr": "substr(t, 1, -1); substr(x, 1, -1)",
    "lookup": "lookup(m, 'x', 1)",
    "element": "element(n, 3)",
    "slice": "slice(n, 0, 4000000)",
    "chunklist": "chunklist(n, 2); chunklist(n, 1)",
    "coalesce": "coalesce(t)",
    "setproduct": "setproduct([1] * 400, [2] * 250); setproduct([1], [2], [1] * 60000)",
    "transpose": "transpose({'a': f})",
    "matchkeys": "matchkeys(f, f, f); matchkeys(g, g, g)",
    "jsonencode": "jsonencode(n[0:2500000]); jsonencode(g); jsonencode(o); jsonencode(q); jsonencode(m); jsonencode(x)",
    "jsondecode": "jsondecode('[' ~ '{},' * 499990 ~ '1]'); jsondecode('[' ~ '[1],' * 333000 ~ '1]')",
    "yamlencode": "yamlencode(n[0:190000]); yamlencode(o[0:20000])",
    "yamldecode": "yamldecode('- a\n' * 199000); yamldecode('[' ~ 'a,' * 199000 ~ ']'); yamldecode(w)",
    "tomldecode": "tomldecode('a=[' ~ '1,' * 480000 ~ ']'); tomldecode('a=\"' ~ 'x' * 16000000 ~ '\"')",
    "csvdecode": "csvdecode('a\n' ~ 'x\n' * 990000); csvdecode('a,b\n' ~ 'x,y\n' * 490000)",
    "base64encode": "base64encode('a' * 50000000); base64encode(w)",
    "base64decode": "base64decode('YWFh' * 16000000); base64decode('8J+YgPCfmIA=' ~ '')",
    "urlencode": "urlencode('/' * 16000000); urlencode('é' * 4000000)",
    "pow": "pow(10, 307)",
    "log": "log(10, 3)",
    "range": "range(100000)",
    "timestamp": "timestamp()",
    "plantimestamp": "plantimestamp()",
    "timeadd": "timeadd('2026-01-01T00:00:00Z', t)",
    "timecmp": "timecmp(t, t)",
    "formatdate": "formatdate('YYYY' * 1000000, '2026-01-01T00:00:00Z')",
    "uuidv5": "uuidv5('dns', t)",
    # What they read has 64 MiB at most, and what runs a program has limits there.
    **dict.fromkeys(["file", "filebase64", "filesha256", "filemd5", "fileexists", "templatefile", "env"], ""),
    "fileset": "fileset('.', '{a,b}' * 9)",
    **dict.fromkeys(("jsonnet", "python_dashboard"), ""),
}
_FILTERS: Mapping[str, str] = {
    **{name: f"t | {name}; w | {name}" for name in _words("capitalize lower upper trim string length count reverse")},
    **{name: f"n | {name}; f | {name}" for name in _words("first last list")},
    **{name: f"f | {name} | list | length" for name in _words("unique sort")},
    **{name: f"f | {name}; n | {name}" for name in _words("min max")},
    **{name: f"h | {name}" for name in _words("title wordcount wordwrap striptags")},
    **{name: f"o | {name}(attribute='k') | length" for name in _words("groupby")},
    **{name: f"f | {name}('string') | list | length" for name in _words("select reject")},
    **{name: f"o | {name}('k') | list | length" for name in _words("selectattr rejectattr")},
    **{name: f"n | {name}(2) | list | length; f | {name}(3) | list | length" for name in _words("batch slice")},
    **{name: f"m | {name} | list | length" for name in _words("items dictsort")},
    **{name: f"t | {name}(1)" for name in _words("default d")},
    **{name: f"'1' | {name}" for name in _words("int float")},
    "abs": "1 | abs",
    "center": "'a' | center(100000)",
    "filesizeformat": "1 | filesizeformat",
    "format": "'%s' | format(t)",
    "indent": "('a\n' * 300000) | indent(100)",
    "join": "f | join(',')",
    "map": "f | map('upper') | list | length",
    "replace": "t | replace('a', 'b'); ('ab' * 20000000) | replace('ab', 'xyz')",
    "round": "1.5 | round",
    "sum": "n | sum",
    "tojson": "n[0:2500000] | tojson; g | tojson; o | tojson; ('<' * 9000000) | tojson; n[0:99999] | tojson(indent=4)",
    "truncate": "t | truncate(1000)",
}
_METHODS_OF_TEXTS: Mapping[str, str] = {
    **{name: f"t.{name}(); w.{name}(); x.{name}()" for name in _words("upper lower title capitalize swapcase")},
    **{name: f"t.{name}(); w.{name}()" for name in _words("casefold isdigit isalpha isalnum isspace isupper islower")},
    **{name: f"t.{name}('a'); t.{name}('bcdefgh' ~ 'a'); w.{name}('é')" for name in _words("strip lstrip rstrip")},
    **{name: f"t.{name}('a' * 1000)" for name in _words("removeprefix removesuffix startswith endswith count")},
    **{name: f"s.{name}(','); ('a ' * 4900000).{name}()" for name in _words("split rsplit")},
    **{name: f"t.{name}('b' ~ 'a' * 30000000)" for name in _words("find index partition")},
    **{name: f"t.{name}('b' ~ 'a' * 10)" for name in _words("rfind rpartition")},
    "splitlines": "('a\n' * 4900000).splitlines()",
}
_ROWS = {
    f"{kind} {name}": sources
    for kind, table in (("function", _FUNCTIONS), ("filter", _FILTERS), ("method", _METHODS_OF_TEXTS))
    for name, sources in table.items()
}


def test_everything_that_can_be_reached_is_in_the_table() -> None:
    """A new function says what the largest is that it may be given."""
    assert set(_FUNCTIONS) == FUNCTION_NAMES
    assert set(_FILTERS) - {"~"} >= set(expression_environment().filters) - FUNCTION_NAMES - {"~", "=="}
    assert set(_METHODS_OF_TEXTS) == _METHODS[str]


@pytest.mark.parametrize("row", [row for row in _ROWS if _LONG or row.split()[1] in _SHORT])
def test_the_largest_that_is_let_through_is_bounded(row: str, figures: Figures) -> None:
    """In a process of its own: in time, or stopped in time, and in 512 MB with what it was given."""
    for source in filter(None, map(str.strip, _ROWS[row].split("; "))):
        done = subprocess.run(
            [sys.executable, "-m", "tests.lang.costs", source], capture_output=True, text=True, check=False, timeout=60
        )
        took = json.loads(done.stdout or '{"said": "nothing"}')
        if _LONG:
            print(f"{row:24} {source[:60]:60} {took}")
        assert took.get("seconds", 99) < _SECONDS, (source, took, done.stderr)
        assert took["megabytes"] < _MEGABYTES, (source, took)
        figures("largest inputs of functions, filters and methods that were measured", 1)


_REFUSED = """
t.strip('b' * 60000000 ~ 'a')
t.lstrip('b' * 60000000)
t.rstrip('bc' * 6000000 ~ 'd' * 1000)
t | trim('b' * 60000000)
trim(t, 'b' * 60000000)
t.rfind('b' ~ 'a' * 30000000)
t.rpartition('b' ~ 'a' * 30000000)
t.rsplit('b' ~ 'a' * 30000000)
('a,' * 30000000).split(',')
('a ' * 30000000).split()
('a\\n' * 30000000).splitlines()
split(',', 'a,' * 30000000)
split('', t)
t | list
t | batch(2) | tojson
t | unique | list
t | wordcount
t | title
title(t)
jsonencode([t] * 100)
jsonencode('\\n' * 20000000)
jsonencode({'a': [[t, t], [t, t]]})
([t] * 100) | tojson
('<' * 20000000) | tojson
([[1] * 100000] * 20) | tojson(indent=100000)
([t] * 100) | join
join('', [t] * 100)
format('%v', [t] * 100)
format('%%' * 20000000)
formatlist('%v', [[t]] * 100)
distinct([[t]] * 100)
toset([[t]] * 100)
contains([[t]] * 100, [t])
setunion([[t]] * 100, [[t]])
jsonencode([[1] * 5000000] * 5000000)
concat([[1] * 5000000] * 5000000)
length([[1] * 5000000] * 5000000)
setproduct([1, 2], [1, 2], [1, 2], *([[1]] * 100000))
tomldecode('a=[' ~ '1,' * 20000000 ~ ']')
tomldecode('a=[' ~ '1,' * 1000000 ~ ']')
tomldecode('a.' * 1000000 ~ 'b=1')
tomldecode('a=0x' ~ 'f' * 16000000)
tomldecode('a=[1.' ~ '0' * 16000000 ~ ']')
yamldecode('1' ~ ':00' * 100000)
csvdecode('a\\n' ~ 'x\\n' * 10000000)
csvdecode('a,' * 10000000)
yamldecode('- a\\n' * 1000000)
yamldecode('[' ~ 'a,' * 1000000 ~ ']')
jsondecode('[' ~ '{},' * 10000000 ~ '1]')
yamlencode([[1] * 1000] * 1000)
base64encode(t)
urlencode(t)
[[1] * 100000] * 100000 == [[1] * 100000] * 100000
[[1] * 100000] * 100000 < [[1] * 100000] * 100000
{'a': [[1] * 100000] * 100000} != {'a': [[1] * 100000] * 100000}
t in [t[1:] ~ 'a'] * 5000000
t not in [t[1:] ~ 'a'] * 5000000
1 < 2 < 3 != 4 and [[t] * 1000] < [[t] * 1000]
[t] in [[t[1:] ~ 'a']] * 5000000
t in {'a': [t[1:] ~ 'a'] * 5000000}.a
t is in([t[1:] ~ 'a'] * 5000000)
[[[t] * 1000] * 1000] | select('eq', [[t] * 1000] * 1000) | list
([t] * 1000).count(t[1:] ~ 'a')
([t] * 1000).index(t[1:] ~ 'b')
([t] * 1000) is lower
t ~ 'ab'
w ~ w
w * 5
w + w
"""


@pytest.fixture(scope="module")
def long_texts() -> Mapping[str, str]:
    """Texts just below the longest that there may be."""
    return {"t": "a" * (64 * 2**20 - 1), "w": "é" * (16 * 2**20 - 1)}


@pytest.mark.parametrize("source", _REFUSED.strip().splitlines())
def test_what_would_cost_too_much_is_refused_before_it_runs(source: str, long_texts: Mapping[str, str]) -> None:
    """In no time: what is long is not even read to its end."""
    (part,) = parse_template("${" + source.encode().decode("unicode_escape") + "}")
    assert isinstance(part, Expression)
    begun = time.process_time()
    with pytest.raises(ExpressionError) as caught:
        run(part.source, part.calls, long_texts, functions_of(), Tracker())
    assert any(word in str(caught.value) for word in ("too l", "allowed", "at most", "too many", "too much")), (
        caught.value
    )
    assert time.process_time() - begun < 9


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("[1, [2]] == (1, (2,))", True),
        ("1 < 2 <= 2 != 3", True),
        ("1 < 2 > 2 < nothing", False),
        ("'a' in {'a': 1}", True),
        ("1 not in [2] and 1 in {'a': 1}.values()", True),
        ("n == []", False),
        ("[[1, 2], 3] in [3, [[1, 2], 3]]", True),
        ("[1, [2]].index([2]) + [1, 1].count(1)", 3),
        ("[1, 2, 3] | select('ge', 2) | select('ne', 3) | list", [2]),
        ("({'a': 1}.items() | first) + (2, 3)", ["a", 1, 2, 3]),
        ("3 is odd and 4 is divisibleby(2) and 'A' is upper", True),
    ],
)
def test_what_is_compared_has_the_value_that_it_had(source: str, value: object) -> None:
    """Measured comparisons are those of the language: chains, lists, maps, and tuples, which are lists."""
    (part,) = parse_template("${" + source + "}")
    assert isinstance(part, Expression)
    assert run(part.source, part.calls, {"n": [1] * 1_000_000, "nothing": 1}, functions_of(), Tracker()) == value


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("'%999999999d' is odd", "This test is for numbers."),
        ("['%999999999d'] | select('divisibleby', 3) | list", "This test is for numbers."),
        ("{(1, 2): 3}", "Only a text can be a key."),
        ("(1, 2) in {'a': 1}", "Only a text can be a key."),
    ],
)
def test_what_python_would_take_for_more_than_it_is_is_refused(source: str, said: str) -> None:
    """A text as a format of Python's, a list as a key."""
    (part,) = parse_template("${" + source + "}")
    assert isinstance(part, Expression)
    with pytest.raises(ExpressionError) as caught:
        run(part.source, part.calls, {}, functions_of(), Tracker())
    assert str(caught.value) == said


def test_texts_with_many_marks_inside_of_quotes_are_no_many_values() -> None:
    """What is in a text is not taken for what stands between values."""
    for source in ("jsondecode('[\"' ~ ',' * 3000000 ~ '\"]')", "tomldecode('a=\"' ~ '.' * 3000000 ~ '\"')"):
        (part,) = parse_template("${length(" + source + ")}")
        assert isinstance(part, Expression)
        assert run(part.source, part.calls, {}, functions_of(), Tracker()) == 1


def test_a_value_is_measured_as_it_would_be_written_out() -> None:
    """Each item, each map with its entries, each text as often as it stands there; other objects are one value."""
    check_size([["ab"] * 3, {"k": "é"}, object()], Size(14, 11))
    for most in (Size(13, 11), Size(14, 10)):
        with pytest.raises(Exception, match="too large"):
            check_size([["ab"] * 3, {"k": "é"}, object()], most)


def test_a_step_that_hears_no_alarm_ends_with_a_diagnostic(tmp_path: object) -> None:
    """Where nothing measures a comparison, a thread of C ends the process, with words of ours, and exit code 1."""
    code = (
        "import sys; from hcl_lite.lang.expressions import comparing, limits, sandbox; "
        "limits._GRACE = 0.1; sandbox.SECONDS = 2; "
        "comparing.check_size = lambda _: None; "
        "sys.argv = ['costs', '[[1] * 100000] * 100000 == [[1] * 100000] * 100000']; "
        "from tests.lang.costs import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("\nError: An expression takes more than 10 s, and was stopped\n")
    assert "Traceback" not in done.stderr
    assert "File" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts the data of a process")
def test_memory_that_nothing_measured_ends_at_the_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails for want of memory, as an expression."""
    code = (
        "import sys; from hcl_lite.lang.expressions import limits; limits._CEILING = 64 * 2**20; "
        "sys.argv = ['costs', '[1] * 5000000 + [2] * 5000000 + [3] * 5000000']; "
        "from hcl_lite.lang.expressions import costs, environment; environment._check_size = lambda *_: None; "
        "from tests.lang.costs import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert json.loads(done.stdout)["said"] == "It needs too much memory."
