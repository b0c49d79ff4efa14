"""Functions on text, regular expressions and format()."""

from __future__ import annotations

import pytest

from tests.lang.expressions.functions.calling import call, failure, same


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("join('-', ['a', 'b'])", "a-b"),
        ("join(', ', [1, 2.0, true, 'x'])", "1, 2, true, x"),
        ("join(',', [])", ""),
        ("split(',', 'a,b,')", ["a", "b", ""]),
        ("split(',', '')", [""]),
        ("split('', 'ab')", ["a", "b"]),
        ("lower('ÄB')", "äb"),
        ("upper('äb1')", "ÄB1"),
        ("upper(5)", "5"),
        ("title('hello world-wide x_y 2nd')", "Hello World-Wide X_y 2nd"),
        ("trimspace('\\n a b\\t ')", "a b"),
        ("trim('?!hello?!', '!?')", "hello"),
        ("trim(' a ', '')", " a "),
        ("trimprefix('helloworld', 'hello')", "world"),
        ("trimprefix('helloworld', 'x')", "helloworld"),
        ("trimsuffix('helloworld', 'world')", "hello"),
        ("chomp('a\\r\\n\\n')", "a"),
        ("chomp('a\\nb')", "a\nb"),
        ("indent(2, 'a\\nb\\nc')", "a\n  b\n  c"),
        ("strrev('häb')", "bäh"),
        ("substr('hello world', 1, 4)", "ello"),
        ("substr('hello world', -5, -1)", "world"),
        ("substr('hello', 3, 99)", "lo"),
        ("substr('hello', 9, 1)", ""),
        ("substr('hello', -9, 2)", "he"),
        ("startswith('hello', 'he')", True),
        ("startswith('hello', 'lo')", False),
        ("endswith('hello', 'lo')", True),
        ("strcontains('hello', 'ell')", True),
        ("strcontains('hello', 'x')", False),
        ("replace('1 + 2 + 3', '+', '-')", "1 - 2 - 3"),
        ("replace('ab', '', '.')", ".a.b."),
        ("replace('hello world', '/w.*d/', 'everybody')", "hello everybody"),
        ("replace('a1 b2', '/([a-z])([0-9])/', '$2${1}x$$1')", "1ax$1 2bx$1"),
        ("replace('ab', '/(?P<first>a)(x)?/', '<$first${2}>$')", "<a>$b"),
        ("replace('a/b', '/', '.')", "a.b"),
        ("regex('[a-z]+', '53453453.345345aaabbbccc23454')", "aaabbbccc"),
        ("regex('(\\\\d\\\\d)-(x)?', '2026-03')", ["26", None]),
        ("regex('(?P<y>\\\\d{4})-(?P<m>\\\\d\\\\d)', '2026-03')", {"y": "2026", "m": "03"}),
        ("regexall('[a-z]+', '1a2bb')", ["a", "bb"]),
        ("regexall('(.)=(.)', 'a=1 b=2')", [["a", "1"], ["b", "2"]]),
        ("regexall('x', 'a')", []),
    ],
)
def test_text_becomes(source: str, value: object) -> None:
    """As in Terraform."""
    assert same(call(source), value)


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("join(',', 'a')", "join() takes a list as list, not a string.", "It is called as join(separator, list)."),
        (
            "join(',', ['a', []])",
            "join() takes a string as list[1], not a list.",
            "It is called as join(separator, list).",
        ),
        ("upper(null)", "upper() takes a string as text, not null.", "It is called as upper(text)."),
        (
            "upper()",
            'upper() cannot be called like this: the argument "text" is missing.',
            "It is called as upper(text).",
        ),
        (
            "upper('a', 'b')",
            "upper() cannot be called like this: these are too many arguments.",
            "It is called as upper(text).",
        ),
        ("indent(-1, '')", "indent() takes a number of spaces, not -1.", ""),
        ("indent(99999999, '\\n\\n')", "The result would have 200000000 characters; 67108864 are allowed.", ""),
        ("indent(10 ** 20, '')", f"The result would have {10**20} characters; 67108864 are allowed.", ""),
        (
            "indent(1.5, '')",
            "indent() takes a whole number as spaces, not 1.5.",
            "It is called as indent(spaces, text).",
        ),
        ("substr('a', 0, -2)", "substr() takes a length from 0 on, or -1 for all that follows, not -2.", ""),
        (
            "regex('x', 'a')",
            'The pattern "x" matches nothing in the text.',
            "regexall() gives an empty list where nothing matches.",
        ),
        ("regex('a(', 'a')", '"a(" is not a regular expression: missing ), unterminated subpattern at position 1.', ""),
        (
            "regexall('(?P<a>.)(.)', 'a')",
            'The pattern "(?P<a>.)(.)" has groups with a name and without.',
            "Name every group, or none; (?:…) groups without being one.",
        ),
        (
            "replace('a', '/(a)/', '$1x')",
            'The pattern has no group "1x".',
            "${1}x ends the group's name there; $$ is a dollar.",
        ),
        (
            "replace('x' * 9000, 'x', 'y' * 9000)",
            "The result would have 81000000 characters; 67108864 are allowed.",
            "",
        ),
        (
            "replace('x' * 9000, '/x/', 'y' * 9000)",
            "The result would have 67113000 characters; 67108864 are allowed.",
            "",
        ),
        ("join('x' * 9000, ['y'] * 9000)", "The result would have 81000000 characters; 67108864 are allowed.", ""),
    ],
)
def test_text_cannot_become(source: str, message: str, hint: str) -> None:
    """What was found, what was expected, what to do."""
    assert failure(source) == (message, hint)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("format('no verbs, 100%%')", "no verbs, 100%"),
        ("format('Hello, %s!', 'Ander')", "Hello, Ander!"),
        ("format('There are %d lights', 4)", "There are 4 lights"),
        ("format('%d %d', 6 / 2, -2.7)", "3 -2"),
        ("format('%05d|%+d|% d|%5d|%-5d|', 42, 1, 1, 7, 7)", "00042|+1| 1|    7|7    |"),
        ("format('%x %X %#x %o %b %05d', 255, 255, 255, 8, 5, -42)", "ff FF 0xff 10 101 -0042"),
        ("format('%-10s|%10s|%.2s', 'ab', 'ab', 'abc')", "ab        |        ab|ab"),
        ("format('%f %.2f %.0f %6.1f %e', 1.5, 1.255, 2, 3.14, 12345.678)", "1.500000 1.25 2    3.1 1.234568e+04"),
        ("format('%g %g %g', 3.14159265, 1000000, 1e30)", "3.14159265 1000000 1e+30"),
        ("format('%q %s', 'a\"b', true)", '"a\\"b" true'),
        (
            "format('%v %v %v %v %v %#v', 1.0, 'x', null, [1, 'a'], {'k': true}, 'x')",
            '1 x null [1, "a"] {"k": true} "x"',
        ),
        ("format('%t', false)", "false"),
        ("format('%[2]s %[1]s', 'a', 'b')", "b a"),
        ("formatlist('Hello, %s!', ['a', 'b'])", ["Hello, a!", "Hello, b!"]),
        ("formatlist('%s-%s', 'x', ['a', 'b'])", ["x-a", "x-b"]),
        ("formatlist('%s', 'x')", ["x"]),
        ("formatlist('%s', [])", []),
    ],
)
def test_format(source: str, value: object) -> None:
    """Terraform's verbs."""
    assert same(call(source), value)


_KNOWN = "It knows %s, %q, %v, %t, %d, %b, %o, %x, %X, %e, %E, %f, %F, %g, %G; %% is a percent sign."


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("format('%s')", "format() has no value for %s: 0 are given, this needs 1.", ""),
        ("format('%[3]s', 1)", "format() has no value for %[3]s: 1 are given, this needs 3.", ""),
        ("format('x', 1)", "format() was given 1 values, but its text uses 0 of them.", ""),
        ("format('%y', 1)", 'format() does not know "%y".', _KNOWN),
        ("format('100%')", 'format() does not know "%".', _KNOWN),
        ("format('%d', '5')", "format() takes a number for %d, not a string.", ""),
        ("format('%d', true)", "format() takes a number for %d, not a bool.", ""),
        ("format('%s', [1])", "format() takes a string for %s, not a list.", "jsonencode() or %v turn it into text."),
        ("format('%s', null)", "format() takes a string for %s, not null.", ""),
        ("format('%t', 1)", "format() takes a bool for %t, not a number.", ""),
        ("format('%10001d', 1)", "format() makes nothing wider than 10000 characters.", ""),
        ("format('%.' + '9' * 5000 + 'f', 1)", "format() makes nothing wider than 10000 characters.", ""),
        ("formatlist('%s%s', [1], [1, 2])", "formatlist() takes lists of one length, not of 1 and 2.", ""),
    ],
)
def test_format_checks_its_values(source: str, message: str, hint: str) -> None:
    """Each verb takes its kind of value, and every value is used."""
    assert failure(source) == (message, hint)
