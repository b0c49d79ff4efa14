"""Objects of an app platform: written whole, at the resourceVersion that they were read at; listed without contents.

The made-up platform answers as 12.4.0 was recorded to at /apis/dashboard.grafana.app (k8s-create, k8s-put-stale,
k8s-get-missing, k8s-list-metadata).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from hcl_lite.core.schema import Attr, Conflict, Listed, Live
from providers.kit.app_platform import AppPlatform, PlatformClient, flat
from providers.kit.open_provider import OpenProvider
from providers.kit.resource import resource
from providers.kit.version import ResourceVersion
from providers.transport.connection import Connection
from providers.transport.errors import Precondition

_GROUP, _VERSION = "things.made.app", "v1beta1"
_PATH = f"/apis/{_GROUP}/{_VERSION}/namespaces/default/things"
THING = resource(
    "made_thing",
    "A thing of the platform.",
    api=AppPlatform(_GROUP, _VERSION, "things", "Thing"),
    versioned=ResourceVersion(),
    title="title",
    attrs={
        "uid": Attr(computed=True, optional=True, replaces=True, stable=True, doc="Identity."),
        "title": Attr(required=True, doc="What people see."),
        "size": Attr("number", doc="How large."),
    },
)
_GIVEN = {"uid": "a", "title": "A", "size": 1}


class _Client(PlatformClient):
    async def platform_path(self, group_version: str, plural: str) -> str:
        return f"/apis/{group_version}/namespaces/default/{plural}"


@dataclass
class _Platform:
    """Its objects by name; a list has one of them a page, and leaves out those that are `hidden`."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    count: int = 1000
    before: Callable[[str], None] = lambda _: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.before(request.method)
        accept, name = request.headers.get("accept", ""), request.url.path.removeprefix(_PATH).strip("/")
        self.calls.append(f"{request.method} {name}{' as metadata' if 'PartialObject' in accept else ''}")
        body = json.loads(request.content) if request.content else {}
        if request.method == "POST":
            name = body["metadata"]["name"]
            return self._status(409, "AlreadyExists", name) if name in self.objects else self._put(name, body, 201)
        if request.method == "GET" and not name:
            return self._page("PartialObject" in accept, request.url.params.get("continue"))
        if name not in self.objects:
            return self._status(404, "NotFound", name)
        there = self.objects[name]
        if request.method == "PUT":
            known = body["metadata"].get("resourceVersion")
            if known not in (None, there["metadata"]["resourceVersion"]):
                return self._status(409, "Conflict", name)
            return self._put(name, body, 200)
        if request.method == "DELETE":
            del self.objects[name]
        shown = {"metadata": there["metadata"]} if "PartialObject" in accept else there
        return httpx.Response(200, json=shown)

    def change(self, name: str, **spec: Any) -> None:
        """What a colleague does."""
        there = self.objects[name]
        self._put(name, {**there, "spec": {**there["spec"], **spec}}, 200)

    def _put(self, name: str, body: dict[str, Any], status: int) -> httpx.Response:
        self.count += 1
        generation = self.objects[name]["metadata"]["generation"] + 1 if name in self.objects else 1
        own = {"resourceVersion": str(self.count), "generation": generation, "namespace": "default"}
        made = {**body, "metadata": {**body["metadata"], **own}, "status": {}}
        self.objects[name] = made
        return httpx.Response(status, json=made)

    def _page(self, is_metadata: bool, token: str | None) -> httpx.Response:
        names = sorted(self.objects.keys() - self.hidden)
        index = int(token or 0)
        items = [self.objects[name] for name in names[index : index + 1]]
        shown = [{"metadata": item["metadata"]} for item in items] if is_metadata else items
        more = {"continue": str(index + 1)} if index + 1 < len(names) else {}
        return httpx.Response(200, json={"metadata": more, "items": shown or None})

    def _status(self, code: int, reason: str, name: str) -> httpx.Response:
        told = {"kind": "Status", "status": "Failure", "message": f'"{name}": {reason}', "reason": reason, "code": code}
        return httpx.Response(code, json=told)

    def run(self, work: Callable[[OpenProvider[_Client]], Awaitable[Any]]) -> Any:
        """What `work` makes of the provider."""

        async def main() -> Any:
            client = _Client(Connection("http://made.test", read_only=False, retries=0), httpx.MockTransport(self))
            provider = OpenProvider(client, {THING.name: THING}, {}, "a made-up platform")
            try:
                return await work(provider)
            finally:
                await provider.close()

        return asyncio.run(main())


@pytest.fixture
def platform() -> _Platform:
    return _Platform()


def _values(**given: Any) -> Any:
    return THING.complete("made_thing.a", "a", {**_GIVEN, **given}, "")


def test_an_object_lives_by_its_resource_version(platform: _Platform) -> None:
    """Made, changed at the version that was seen, deleted; what is written is told by the answer, and not read back."""
    made = platform.run(lambda provider: provider.create("made_thing", _values()))
    assert (made.uid, made.version, made.content) == ("a", {"resourceVersion": "1001"}, {"title": "A", "size": 1})
    assert platform.objects["a"]["spec"] == {"title": "A", "size": 1}
    changed = platform.run(lambda provider: provider.update("made_thing", "a", _values(size=2), made.version))
    assert (changed.version, changed.content["size"]) == ({"resourceVersion": "1002"}, 2)
    platform.run(lambda provider: provider.delete("made_thing", "a", {}))
    assert platform.calls == ["POST ", "GET a", "PUT a", "DELETE a"]
    assert platform.objects == {}


def test_what_others_have_put_on_an_object_stays(platform: _Platform) -> None:
    """A PUT is the whole object: labels and annotations go along as they were found."""
    made = platform.run(lambda provider: provider.create("made_thing", _values()))
    platform.objects["a"]["metadata"]["labels"] = {"team": "theirs"}
    platform.run(lambda provider: provider.update("made_thing", "a", _values(size=2), made.version))
    assert platform.objects["a"]["metadata"]["labels"] == {"team": "theirs"}


def test_a_change_since_the_plan_is_not_written_over(platform: _Platform) -> None:
    """By what is read before; nothing is sent."""
    made = platform.run(lambda provider: provider.create("made_thing", _values()))
    platform.change("a", size=7)
    with pytest.raises(Conflict, match="The thing has been changed by someone else since the plan"):
        platform.run(lambda provider: provider.update("made_thing", "a", _values(size=2), made.version))
    assert (platform.objects["a"]["spec"]["size"], platform.calls) == (7, ["POST ", "GET a"])


def test_a_change_right_before_the_write_is_refused_by_the_platform(platform: _Platform) -> None:
    """Between the look and the write: the resourceVersion that was read goes along."""
    made = platform.run(lambda provider: provider.create("made_thing", _values()))
    platform.before = lambda method: platform.change("a", size=7) if method == "PUT" else None
    with pytest.raises(Precondition, match="Conflict"):
        platform.run(lambda provider: provider.update("made_thing", "a", _values(size=2), made.version))
    assert platform.objects["a"]["spec"]["size"] == 7


def test_an_object_of_the_name_is_not_taken_over(platform: _Platform) -> None:
    """409 AlreadyExists."""
    platform.run(lambda provider: provider.create("made_thing", _values()))
    with pytest.raises(Conflict, match="AlreadyExists"):
        platform.run(lambda provider: provider.create("made_thing", _values(title="B")))


def test_versions_are_surveyed_without_contents(platform: _Platform) -> None:
    """One list of metadata, by pages; what was there and is not in it is asked for by itself, what is new is not."""
    for uid in ("a", "b", "c"):
        platform.run(lambda provider, uid=uid: provider.create("made_thing", _values(uid=uid)))
    platform.calls.clear()
    platform.hidden = {"b"}
    known = {"a": {"resourceVersion": "1"}, "b": {"resourceVersion": "1"}, "gone": {"resourceVersion": "1"}, "new": {}}
    found = platform.run(lambda provider: provider.survey("made_thing", known))
    there = {uid: Live(uid, {"resourceVersion": number}) for uid, number in (("a", "1001"), ("b", "1002"))}
    assert found == {**there, "gone": None, "new": None}
    lists = [call for call in platform.calls if call == "GET  as metadata"]
    assert (len(lists), sorted(set(platform.calls) - set(lists))) == (2, ["GET b as metadata", "GET gone as metadata"])


def test_what_a_page_tells_is_told_before_the_next_page_is_asked_for(platform: _Platform) -> None:
    """Each of those that are asked for; none of the others, and none that is asked for by itself."""
    for uid in ("a", "b", "c", "d"):
        platform.run(lambda provider, uid=uid: provider.create("made_thing", _values(uid=uid)))
    platform.calls.clear()
    platform.hidden = {"d"}
    told: list[tuple[str, int]] = []
    known = {uid: {"resourceVersion": "1"} for uid in ("a", "c", "d", "gone")}

    def note(live: Live) -> None:
        told.append((live.uid, len(platform.calls)))

    platform.run(lambda provider: provider.survey("made_thing", known, note))
    assert told == [("a", 1), ("c", 3)]


@pytest.mark.parametrize(
    ("known", "pages", "by_name"),
    [
        (("t19",), 8, ("t19",)),
        (("t00",), 1, ()),
        (("t00", "t19", "gone"), 17, ("gone", "t19")),
        (tuple(f"t{number:02}" for number in range(20)), 20, ()),
        (("new",), 8, ("new",)),
    ],
)
def test_a_list_of_many_others_is_left_for_few(
    platform: _Platform, known: tuple[str, ...], pages: int, by_name: tuple[str, ...]
) -> None:
    """The list is read while the others in it cost less than asking for the rest by name."""
    for number in range(20):
        platform.run(lambda provider, uid=f"t{number:02}": provider.create("made_thing", _values(uid=uid)))
    platform.calls.clear()
    found = platform.run(lambda provider: provider.survey("made_thing", {key: {} for key in known}))
    assert {uid: live is not None for uid, live in found.items()} == {uid: uid[0] == "t" for uid in known}
    asked = sorted(call.split()[1] for call in platform.calls if call != "GET  as metadata")
    assert (len(platform.calls) - len(asked), tuple(asked)) == (pages, by_name)


def test_what_is_there_is_listed_with_its_title(platform: _Platform) -> None:
    """For import, and for what nobody manages."""
    platform.run(lambda provider: provider.create("made_thing", _values()))
    platform.run(lambda provider: provider.create("made_thing", _values(uid="b", title="B")))
    assert platform.run(lambda provider: provider.list("made_thing")) == [Listed("a", "A"), Listed("b", "B")]


def test_an_object_that_12_4_0_was_recorded_to_give_is_read() -> None:
    """From iam.grafana.app/v0alpha1 teams: the keys of the spec, and the metadata beside them."""
    metadata = {
        **{"name": "bg5fm6r1vnoqof", "namespace": "default", "resourceVersion": "1795668539000"},
        **{"creationTimestamp": "2026-11-26T04:48:59Z", "labels": {"grafana.app/deprecatedInternalID": "1"}},
    }
    spec = {"title": "Rest team renamed", "email": "team2@example.org", "provisioned": False, "externalUID": ""}
    found = flat({"metadata": metadata, "spec": spec})
    assert found == {**spec, "uid": "bg5fm6r1vnoqof", "metadata": metadata}
    assert ResourceVersion()(found) == {"resourceVersion": "1795668539000"}
    assert THING.live(found).version == {"resourceVersion": "1795668539000"}
