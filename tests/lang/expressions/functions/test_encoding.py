"""Values to text and back, and from type to type."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.lang.expressions.functions import FunctionError
from tests.lang.expressions.functions.calling import call, failure, functions_of, same


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("jsonencode({'b': [1, 'ä', null], 'a': 1.5})", '{"b": [1, "ä", null], "a": 1.5}'),
        ("jsondecode('{\"a\": [1, 2.5, null]}')", {"a": [1, 2.5, None]}),
        ("yamlencode({'b': [1, {'x': null}], 'a': 'on'})", "b:\n- 1\n- x: null\na: 'on'\n"),
        ("yamldecode('a: 1\\nb: [x, 1.5, ~]')", {"a": 1, "b": ["x", 1.5, None]}),
        ("yamldecode('')", None),
        (
            "yamldecode('d: 2026-03-01\\nt: 2026-03-01T10:00:00Z')",
            {"d": "2026-03-01", "t": "2026-03-01T10:00:00+00:00"},
        ),
        ("yamldecode('on: 1\\n2: x')", {"on": 1, "2": "x"}),
        ("yamldecode('a: &a {x: 1, y: 2}\\nb:\\n  <<: *a\\n  x: 3')", {"a": {"x": 1, "y": 2}, "b": {"x": 3, "y": 2}}),
        ("yamldecode('[0x' + 'f' * 20 + ', 10:00:00]')", [16**20 - 1, 36000]),
        ("len(tomldecode('a = \"' + '0' * 100001 + '\"')['a'])", 100001),
        ("tomldecode('a = 1\\nd = 2026-03-01\\n[t]\\nx = [true]')", {"a": 1, "d": "2026-03-01", "t": {"x": [True]}}),
        ("csvdecode('a,b\\n1,\"x\\ny\"\\n\\n3,4\\n')", [{"a": "1", "b": "x\ny"}, {"a": "3", "b": "4"}]),
        ("csvdecode('a,b')", []),
        ("base64encode('Hällo')", "SMOkbGxv"),
        ("base64decode('SMOkbGxv')", "Hällo"),
        ("urlencode('Hello World!+ä/')", "Hello+World%21%2B%C3%A4%2F"),
        ("tostring(3.0)", "3"),
        ("tostring(1e-7)", "0.0000001"),
        ("tostring(1e21)", "1000000000000000000000"),
        ("tostring(true)", "true"),
        ("tostring('x')", "x"),
        ("tostring(null)", None),
        ("tonumber('42')", 42),
        ("tonumber('-1.5e3')", -1500.0),
        ("tonumber(1)", 1),
        ("tonumber(null)", None),
        ("tobool('true')", True),
        ("tobool('false')", False),
        ("tobool(null)", None),
        ("type('a')", "string"),
        ("type(1.5)", "number"),
        ("type(true)", "bool"),
        ("type([])", "list"),
        ("type({})", "map"),
        ("type(null)", "null"),
    ],
)
def test_encoding(source: str, value: object) -> None:
    """As in Terraform."""
    assert same(call(source), value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "jsondecode('{')",
            "jsondecode() was given text that is not JSON: "
            "Expecting property name enclosed in double quotes at line 1, column 2.",
        ),
        ("jsondecode('NaN')", "jsondecode() was given text that is not JSON: JSON has no NaN."),
        ("jsondecode('1e999')", "jsondecode() was given text that is not JSON: 1e999 is too large a number."),
        ("jsondecode(1)", "jsondecode() takes a string as text, not a number."),
        (
            "yamldecode('a: [')",
            "yamldecode() was given text that it cannot read: "
            "expected the node content, but found '<stream end>' (line 1, column 5).",
        ),
        ("yamldecode('a: 1\\na: 2')", 'The YAML has the key "a" twice (line 2, column 1).'),
        (
            "yamldecode('!!python/name:os.system x')",
            'The YAML has the tag "!!python/name:os.system" (line 1, column 1).',
        ),
        ("yamldecode('!mine x')", 'The YAML has the tag "!mine" (line 1, column 1).'),
        ("yamldecode('? [a]\\n: 1')", "A key of the YAML is not a text (line 1, column 3)."),
        ("yamldecode('&a [*a]')", "An alias in the YAML refers to what it is in (line 1, column 1)."),
        ("yamldecode('.nan')", "yamldecode() was given text that it cannot read: JSON has no nan."),
        ("yamldecode('2026-13-01')", "yamldecode() was given text that it cannot read: month must be in 1..12."),
        (
            "yamldecode('[' * 300 + ']' * 300)",
            "The YAML is nested more than 200 deep (line 1, column 202).",
        ),
        ("tomldecode('a =')", "tomldecode() was given text that is not TOML: Invalid value (at end of document)."),
        ("tomldecode('a = inf')", "tomldecode() was given text that is not TOML: JSON has no inf."),
        (
            "tomldecode('a = 0x' + 'f' * 257)",
            "tomldecode() was given text that is not TOML: a number in it has more than 308 digits.",
        ),
        ("tomldecode('a = [1_' + '0' * 100000 + ']')", "tomldecode() was given text with a number that is too long."),
        (
            "yamldecode('a: 0x' + 'f' * 257)",
            "yamldecode() was given text that it cannot read: a number in it has more than 308 digits.",
        ),
        ("yamldecode('a: -1' + ':00' * 400)", "A number in the YAML is too long (line 1, column 4)."),
        ("csvdecode('')", "csvdecode() was given text without a first row, which names the columns."),
        ("csvdecode('a,a')", 'csvdecode() was given a first row that has "a" twice.'),
        ("csvdecode('a,b\\n1')", "Line 2 of the CSV has 1 fields; its first row names 2."),
        ("csvdecode('a\\n\"x')", "csvdecode() was given text that is not CSV: unexpected end of data."),
        ("base64decode('?')", "base64decode() was given text that is not Base64: Only base64 data is allowed."),
        ("base64decode('/w==')", "base64decode() gives text; this holds other bytes (byte 0)."),
        ("tostring([])", "tostring() takes a text, a number or a bool, not a list."),
        ("tonumber('0x1')", 'tonumber() takes a number or a text like 1.5, not "0x1".'),
        ("tonumber('1e999')", "tonumber() takes a number below 1e308 as value."),
        ("tonumber(true)", "tonumber() takes a number or a text like 1.5, not a bool."),
        ("tobool('yes')", 'tobool() takes a bool, "true" or "false", not "yes".'),
        ("tobool(1)", 'tobool() takes a bool, "true" or "false", not a number.'),
    ],
)
def test_encoding_that_does_not_fit(source: str, message: str) -> None:
    """What was found and what was expected."""
    assert failure(source)[0] == message


def test_a_bomb_of_aliases_is_refused() -> None:
    """Nine lines that stand for a milliard values."""
    lines = ["a0: &a0 [1,1,1,1,1,1,1,1,1,1]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(FunctionError, match="more than 1000000 values"):
        functions_of()["yamldecode"]("\n".join(lines))


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(_JSON)
def test_what_is_encoded_is_decoded(value: object) -> None:
    """JSON and YAML hold every value."""
    functions = functions_of()
    assert functions["jsondecode"](functions["jsonencode"](value)) == value
    assert json.dumps(functions["yamldecode"](functions["yamlencode"](value))) == json.dumps(value)
