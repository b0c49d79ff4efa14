"""Secrets in the texts of others: found in every form, and taken out of nothing else."""

from __future__ import annotations

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.redaction import mask_assigned, mask_urls, new_vault, redact, remember_secret
from hcl_lite.core.values import Secret

_SECRET = 'pass"wörd&<\\ /+'
_FORMS = {
    "as it is": _SECRET,
    "JSON": json.dumps(_SECRET),
    "JSON, as UTF-8": json.dumps(_SECRET, ensure_ascii=False),
    "JSON in JSON": json.dumps(json.dumps(_SECRET)),
    "JSON of Go": json.dumps(_SECRET).replace("&", "\\u0026").replace("<", "\\u003c"),
    "Python": repr(_SECRET),
    "HTML": html.escape(_SECRET),
    "URL": quote(_SECRET, safe=""),
    "URL path": quote(_SECRET),
    "URL query": quote_plus(_SECRET),
}


@pytest.mark.parametrize("text", _FORMS.values(), ids=_FORMS)
def test_a_secret_is_taken_out_in_every_form(text: str) -> None:
    """Whoever repeats it, with whatever encoding."""
    with new_vault():
        Secret(_SECRET)
        said = redact(f"before {text} after")
    assert re.sub(r"[\\\"']", "", said) == "before (sensitive) after"


@given(before=st.binary(max_size=9), secret=st.text(min_size=12, max_size=40), after=st.binary(max_size=9))
def test_base64_of_a_secret_and_its_surroundings_does_not_tell_it(before: bytes, secret: str, after: bytes) -> None:
    """As in basic authentication, where a name stands before it."""
    text = base64.b64encode(before + secret.encode() + after).decode()
    with new_vault():
        remember_secret(secret)
        left = redact(text).replace("(sensitive)", "")
    assert len(left) <= len(text) - (len(secret.encode()) * 8 // 6 - 3)


def test_nothing_is_known_outside_of_its_run() -> None:
    """Each run has a vault of its own."""
    with new_vault():
        Secret("of the first run")
        assert redact("of the first run") == "(sensitive)"
    with new_vault():
        assert redact("of the first run") == "of the first run"


def test_what_is_in_a_secret_value_is_known_too() -> None:
    """Maps, lists, lines of a key, the password of user:password."""
    with new_vault():
        Secret({"list": ["first-secret", 12345678], "login": "name:its-password", "key": "line-of-a-key\nanother-line"})
        said = redact("first-secret 12345678 its-password line-of-a-key another-line list login name")
    assert said == "(sensitive) (sensitive) (sensitive) (sensitive) (sensitive) list login name"


def test_short_secrets_are_taken_out_where_they_are_words_of_their_own() -> None:
    """Below 8 characters a part of another word is left; below 4 everything is."""
    with new_vault():
        Secret("gr4fa")
        Secret("abc")
        Secret("true")
        assert redact("gr4fa: gr4fana /gr4fa/ abc true") == "(sensitive): gr4fana /(sensitive)/ abc true"


_PLACES = [
    '"WORD"',
    "'WORD'",
    "`WORD`",
    '{"password":"WORD","a":1}',
    '{\\"password\\":\\"WORD\\"}',
    "&#34;WORD&#34;",
    "password=WORD&user=x",
    "password=WORD",
    "X-Key: WORD",
    "answered 400: WORD",
    "answered 400: WORD.\nIt is so",
    "password = WORD\n",
    "Authorization: Bearer WORD",
    '{"port":WORD}',
    "(token=WORD)",
]
_SENTENCES = [
    "tests/WORD/main.toml:3",
    "WORD",
    "a WORD of this",
    "resource.grafana_folder.WORD has changed",
    "http://localhost:WORD/api",
    "WORD: it is refused",
    "Error: WORD is refused",
    "a-WORD-b WORDS",
    '"the WORD here"',
]


@pytest.mark.parametrize("word", ["admin", "test", "Planned", "PRODUCTION", "3000", "пароль"])
def test_an_ordinary_word_is_taken_out_where_it_stands_for_a_value(word: str) -> None:
    """In quotes, after = and ": "; what is no ordinary word is taken out anywhere."""
    with new_vault():
        Secret(word)
        for text in (place.replace("WORD", word) for place in _PLACES):
            assert (redact(text), word in redact(text)) == (text.replace(word, "(sensitive)"), False)
        for text in (sentence.replace("WORD", word) for sentence in _SENTENCES):
            assert redact(text) == text
    with new_vault():
        Secret("q7admin")
        assert redact("tests/q7admin/main.toml") == "tests/(sensitive)/main.toml"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("https://u:pw@host/p", "https://u:(sensitive)@host/p"),
        ("a http://u:p%40w@h:80 b", "a http://u:(sensitive)@h:80 b"),
        ("https://host/a:b@c", "https://host/a:b@c"),
        ("mail a:b@host", "mail a:b@host"),
    ],
)
def test_passwords_of_urls_are_masked(text: str, masked: str) -> None:
    """Whether anybody has said that they are secret or not."""
    assert mask_urls(text) == masked


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ('auth = "token', "auth = (sensitive)"),
        ('secure_json_data = { basicAuthPassword = "x', "secure_json_data = { basicAuthPassword = (sensitive)"),
        ('"api_key" = \'x', '"api_key" = (sensitive)'),
        ('title = "Auth', 'title = "Auth'),
    ],
)
def test_a_line_that_cannot_be_read_does_not_show_what_it_gives_to_a_secret(line: str, masked: str) -> None:
    """Nobody knows yet what is secret in a file that is no TOML, but names tell."""
    assert mask_assigned(line) == masked
