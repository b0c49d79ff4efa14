"""Ids as people hold them: how each is read, and which of the listed objects it names."""

from __future__ import annotations

import pytest

from hcl_lite.core.schema import Listed, ValueProblem
from providers.kit.ids import Ids, Reading, ambiguous, named_by, read_id, similar, without_organisation
from providers.registry import PROVIDER_TYPES

_URL = "https://grafana.example.org/team/"
_IDS = Ids(
    pages=("/d/{id}", "/alerting/*/{id}/view", "/receivers/{encoded}", "/db/{slug}", "/groups/{id}/{id}", "/org")
)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("api", Reading("api")),
        ("My API", Reading("My API")),
        ("1:api", Reading("1:api")),
        ("name:Main", Reading("Main", "name")),
        ("title:A: b", Reading("A: b", "name")),
        ("id:7", Reading("7", "id")),
        ("uid:7", Reading("7", "uid")),
        ("slug:my-api", Reading("my-api", "slug")),
        ("name:", Reading("name:")),
        ("https://grafana.example.org/team/d/api/my-api?orgId=3&from=now-6h#x", Reading("api", "key", "3")),
        ("http://GRAFANA.example.org:80/team/d/a%20b", Reading("a b", "key")),
        ("/team/d/api/x", Reading("api", "key")),
        ("/d/api", Reading("api", "key")),
        ("/alerting/grafana/rule/view", Reading("rule", "key")),
        ("/receivers/T24gY2FsbA/edit", Reading("On call", "name")),
        ("/receivers/On%20call/edit", Reading("On call", "name")),
        ("/receivers/mail", Reading("mail", "name")),
        ("/db/my-api", Reading("my-api", "slug")),
        ("/groups/team/My%2Fgroup/view", Reading("team:My/group", "uid")),
        ("/org", Reading("", "only")),
    ],
)
def test_each_form_is_read(text: str, reading: Reading) -> None:
    """URLs with Grafana under a sub-path, with its steps after them, or their paths alone."""
    assert read_id(text, _IDS, _URL) == reading


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("https://other.example.org/team/d/api", "is of another server"),
        ("https://grafana.example.org:3000/team/d/api", "is of another server"),
        ("https://grafana.example.org/team/d/", "is no page of such an object"),
        ("https://grafana.example.org/team/", "is no page of such an object"),
        ("/explore", "is no page of such an object"),
        ("https://[", "is no URL"),
        ("https://h:port/d/x", "is no URL"),
        ("://", "is no page of such an object"),
    ],
)
def test_what_is_no_page_of_the_server_is_refused(text: str, says: str) -> None:
    """It is told which server, and which pages there are."""
    with pytest.raises(ValueProblem, match=says) as caught:
        read_id(text, _IDS, _URL)
    assert caught.value.detail


def test_the_organisation_of_a_terraform_id() -> None:
    """Whatever comes after the number, also with colons; what says what it is has none."""
    assert without_organisation(Reading("2:folder:group")) == Reading("folder:group", "any", "2")
    assert without_organisation(Reading("folder:group")) is None
    assert without_organisation(Reading("2:x", "name")) is None


_LISTED = [
    Listed("a", "API & Überblick", keys=("1",)),
    Listed("b", "Twin", keys=("2",)),
    Listed("c", "Twin", "team", keys=("3",)),
    Listed("2", "Number", keys=("4",)),
    Listed("d", "3", keys=("5",)),
]


@pytest.mark.parametrize(
    ("reading", "uids"),
    [
        (Reading("a"), ["a"]),
        (Reading("1"), ["a"]),
        (Reading("2"), ["2"]),  # a uid before a number
        (Reading("2", "id"), ["b"]),
        (Reading("3"), ["c", "d"]),  # a number and a title
        (Reading("3", "name"), ["d"]),
        (Reading("3", "key"), ["c"]),
        (Reading("api & überblick"), ["a"]),
        (Reading("api-and-uberblick"), ["a"]),
        (Reading("api-and-uberblick", "key"), []),
        (Reading("Twin"), ["b", "c"]),
        (Reading("twin", "slug"), ["b", "c"]),
        (Reading("nothing"), []),
        (Reading("--", "slug"), []),
    ],
)
def test_the_objects_that_an_id_names(reading: Reading, uids: list[str]) -> None:
    """The most exact of its readings, and all that have that."""
    assert [one.uid for one in named_by(reading, _LISTED)] == uids


def test_candidates_and_what_is_similar_are_told() -> None:
    """By uid, title and folder."""
    problem = ambiguous("made_thing", "Twin", _LISTED[1:3])
    assert (problem.summary, problem.detail) == (
        'There is more than one made_thing "Twin"',
        'There are b "Twin", c "Twin" in folder team.',
    )
    assert similar("Twins", _LISTED[:2]) == 'Similar: b "Twin".'
    assert similar("zzz", _LISTED) == ""


def test_pages_are_declared_as_they_are_read() -> None:
    """Each page of a type has places that are known."""
    for provider in PROVIDER_TYPES.values():
        for type_ in provider.resources.values():
            for page in type_.ids.pages:  # type: ignore[attr-defined]
                known = {"{id}", "{name}", "{slug}", "{encoded}"}
                marked = [step for step in page.split("/") if step.startswith("{")]
                assert set(marked) <= known, (type_.name, page)
