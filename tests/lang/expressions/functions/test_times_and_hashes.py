"""Times, hashes and uids."""

from __future__ import annotations

import pytest

from tests.lang.expressions.functions.calling import call, failure, same

_T = "2026-03-01T13:02:03Z"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("timestamp()", _T),
        ("plantimestamp()", _T),
        (f"timeadd('{_T}', '1h30m')", "2026-03-01T14:32:03Z"),
        (f"timeadd('{_T}', '-1.5s')", "2026-03-01T13:02:01.5Z"),
        ("timeadd('2026-03-01T00:00:00+01:00', '24h')", "2026-03-02T00:00:00+01:00"),
        (f"timeadd('{_T}', '0')", _T),
        (f"timecmp('{_T}', '2026-03-01T14:02:03+01:00')", 0),
        (f"timecmp('{_T}', '2026-03-01T14:02:03Z')", -1),
        (f"timecmp('{_T}', '2026-03-01T12:02:03Z')", 1),
        (f"formatdate('DD MMM YYYY hh:mm ZZZ', '{_T}')", "01 Mar 2026 13:02 UTC"),
        (f"formatdate('EEEE, D MMMM YY', '{_T}')", "Sunday, 1 March 26"),
        (f"formatdate('EEE M/MM h:m:s HH H AA aa', '{_T}')", "Sun 3/03 13:2:3 01 1 PM pm"),
        ("formatdate('H AA', '2026-03-01T00:00:00Z')", "12 AM"),
        (f"formatdate(\"hh 'o''clock' ''\", '{_T}')", "13 o'clock '"),
        ("formatdate('Z ZZZ ZZZZ ZZZZZ', '2026-03-01T00:00:00-03:30')", "-03:30 -0330 -0330 -03:30"),
        (f"formatdate('Z ZZZZ ZZZZZ', '{_T}')", "Z +0000 +00:00"),
        ("md5('hello')", "5d41402abc4b2a76b9719d911017c592"),
        ("sha1('hello')", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
        ("sha256('hello')", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),
        ("sha512('')[:16]", "cf83e1357eefb8bd"),
        ("uuidv5('dns', 'www.terraform.io')", "a5008fae-b28c-5ba5-96cd-82b4c53552d6"),
        ("uuidv5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.terraform.io')", "a5008fae-b28c-5ba5-96cd-82b4c53552d6"),
    ],
)
def test_times_and_hashes(source: str, value: object) -> None:
    """As in Terraform."""
    assert same(call(source), value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("timeadd('2026-03-01', '1h')", '"2026-03-01" is not a time: it is not written like one.'),
        ("timeadd('2026-13-01T00:00:00Z', '1h')", '"2026-13-01T00:00:00Z" is not a time: month must be in 1..12.'),
        (f"timeadd('{_T}', '1d')", '"1d" is not a duration.'),
        (f"timeadd('{_T}', '99999999h')", f'"{_T}" moved by "99999999h" is not in the years 1 to 9999.'),
        (f"formatdate('YYY', '{_T}')", 'formatdate() does not know "YYY".'),
        (f"formatdate(\"'x\", '{_T}')", 'A quote is not closed in "\'x".'),
        ("sha256('\\ud800')", "The text holds half a character (at 0), which UTF-8 cannot write."),
        ("sha256([])", "sha256() takes a string as text, not a list."),
        ("uuidv5('nope', 'x')", '"nope" is not a namespace.'),
    ],
)
def test_times_and_hashes_that_do_not_fit(source: str, message: str) -> None:
    """What was found and what was expected."""
    assert failure(source)[0] == message
