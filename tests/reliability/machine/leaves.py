"""The sensitivity machine: one edit in each of many dashboards, planned and applied together, and again.

The plan names the edited place of each and nothing else; then the server has each file, and the next plan is empty.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.reliability.machine.bench import Bench
from tests.reliability.machine.edits import Edit, Path, at, chosen
from tests.reliability.machine.equality import differing
from tests.reliability.machine.grafana import DASHBOARDS

_WORD = re.compile(r'("(?:[^"\\]|\\.)*")|([^",\[\]]+)(?:, )?')
_STEP = re.compile(r'\.?(?P<name>[^.\[\]" ]+)|\[(?P<inside>(?:"(?:[^"\\]|\\.)*"|[^\]"])*)\]')


_NUMBERS = ("id", "version")  # which the server counts


@dataclass
class Board:
    """One dashboard of the project, in the form in which its file has it."""

    name: str
    uid: str
    document: dict[str, Any]
    form: str = ""  # of the app platform, as "v1beta1"; "" is the classic one

    @property
    def spec(self) -> dict[str, Any]:
        spec: dict[str, Any] = self.document["spec"] if self.form else self.document
        return spec

    @property
    def text(self) -> str:
        return json.dumps(self.document)


def board(name: str, uid: str, document: Mapping[str, Any]) -> Board:
    """A dashboard of a file's document, under another uid."""
    if "apiVersion" in document:
        form = str(document["apiVersion"]).rpartition("/")[2]
        metadata = {**document.get("metadata", {}), "name": uid}
        return Board(name, uid, {**document, "metadata": metadata}, form)
    own = {key: value for key, value in document.items() if key not in ("id", "version")}
    return Board(name, uid, {**own, "uid": uid})


@dataclass
class Findings:
    """What was found, and figures of what was tried."""

    found: list[str] = field(default_factory=list)
    edits: int = 0
    dashboards: int = 0
    refused: int = 0  # edits that were not made, since the server's schema of the form takes no such document

    def add(self, board: Board, edit: Edit | None, before: Any, said: str) -> None:
        old, new = _around(before, edit), _around(board.spec, edit)
        self.found.append(
            f"{board.name} ({board.form or 'classic'}): {edit}\n  before: {old}\n  after:  {new}\n  {said}"
        )


def _around(document: Any, edit: Edit | None) -> str:
    if edit is None:
        return ""
    try:
        return json.dumps(at(document, edit.path[:-1]))[:600]
    except (KeyError, IndexError, TypeError):
        return "(gone)"


class Leaves:
    """A project of dashboards on a bench."""

    def __init__(self, bench: Bench, boards: list[Board], chance: random.Random) -> None:
        self.bench, self.boards, self.chance = bench, boards, chance
        self.findings = Findings(dashboards=len(boards))
        (bench.directory / "d").mkdir()

    def begin(self) -> None:
        """Apply all of them as they are."""
        blocks = [
            f"[resource.grafana_dashboard.{b.name}]\nconfig_json = '${{file(\"d/{b.name}.json\")}}'\n"
            for b in self.boards
        ]
        (self.bench.directory / "main.toml").write_text(self.bench.provider + "".join(blocks))
        self._write()
        self._apply({})

    def round(self) -> None:
        """One edit in each, planned, applied and looked at."""
        before = {board.name: json.loads(json.dumps(board.spec)) for board in self.boards}
        edits: dict[str, Edit] = {}
        for board in self.boards:
            edits[board.name], board.document = self._edited(board)
        self._write()
        changes = self._plan()
        for board in self.boards:
            self.findings.edits += 1
            said = wrong_plan(
                changes.get(f"grafana_dashboard.{board.name}"), before[board.name], board.spec, edits[board.name]
            )
            if said and board.form:
                said = self._wrong_where_rewritten(board, before[board.name], changes)
            if said:
                self.findings.add(board, edits[board.name], before[board.name], said)
        self._apply(edits, before)

    def _edited(self, board: Board) -> tuple[Edit, dict[str, Any]]:
        """An edit that the server takes, and the document after it."""
        while True:
            edit = chosen(board.spec, self.chance)
            edited = edit.applied(board.spec)
            document = {**board.document, "spec": edited} if board.form else edited
            if not board.form or self._is_taken(board.form, document):
                return edit, document
            self.findings.refused += 1

    def _is_taken(self, form: str, document: Mapping[str, Any]) -> bool:
        path = DASHBOARDS.format(version=form) + "?dryRun=All"
        answer = self.bench.grafana.client.post(path, json=_twin(document))
        assert answer.status_code in (201, 422), f"{path}: {answer.status_code} {answer.text}"
        return answer.status_code == 201

    def _write(self) -> None:
        for board in self.boards:
            (self.bench.directory / "d" / f"{board.name}.json").write_text(board.text)

    def _plan(self) -> dict[str, Any]:
        plan, ran = self.bench.planned()
        assert plan, ran.said
        return {change["address"]: change for change in plan["changes"]}

    def _apply(self, edits: Mapping[str, Edit], before: Mapping[str, Any] | None = None) -> None:
        before = before or {}
        applied = self.bench.run(["apply", "--auto-approve"])
        if applied.codes != (0,):
            self.findings.found.append(f"apply ended with {applied.codes}:\n{applied.said[-3000:]}")
        for board in self.boards:
            said = self._unequal(board)
            if said:
                self.findings.add(board, edits.get(board.name), before.get(board.name), said)
        for change in self._plan().values():
            if change["action"] != "no-op":
                said = f"{change['address']}: the plan after the apply: {change['action']} {change['differences']}"
                self.findings.found.append(f"{said}\n  after {edits.get(change['address'].rpartition('.')[2])}")

    def _unequal(self, board: Board) -> str:
        """Where the server has something else than the file."""
        if board.form:
            found = self.bench.grafana.get(f"{DASHBOARDS.format(version=board.form)}/{board.uid}")
            wanted = self._as_stored(board)
            lines = differing(wanted, found and found["spec"])
        else:
            found = self.bench.grafana.get(f"/api/dashboards/uid/{board.uid}")
            model = found["dashboard"] if found else {}
            lines = differing(*({k: v for k, v in d.items() if k not in _NUMBERS} for d in (board.document, model)))
        return f"the server has something else than the file: {'; '.join(lines[:3])}" if lines else ""

    def _wrong_where_rewritten(self, board: Board, before: Any, changes: Mapping[str, Any]) -> str:
        """What is wrong with a plan of a form of which the server makes something else than was edited."""
        old = self._as_stored(Board(board.name, board.uid, {**board.document, "spec": before}, board.form))
        return wrong_where_stored(changes.get(f"grafana_dashboard.{board.name}"), old, self._as_stored(board))

    def _as_stored(self, board: Board) -> Any:
        """What the server makes of the very document: told by a twin."""
        path = DASHBOARDS.format(version=board.form)
        self.bench.grafana.delete(("dashboard", "twin"))
        self.bench.grafana.call("POST", path, _twin(board.document))
        spec = self.bench.grafana.get(f"{path}/twin")["spec"]
        self.bench.grafana.delete(("dashboard", "twin"))
        return spec


def _twin(document: Mapping[str, Any]) -> dict[str, Any]:
    return {**document, "metadata": {**document["metadata"], "name": "twin"}}


def wrong_plan(change: Any, before: Any, after: Any, edit: Edit) -> str:
    """What is wrong with what a plan says of one edit; empty where it names the place and nothing else."""
    if change is None or change["action"] != "update":
        return f"not seen: {change and change['action']}"
    if not change["differences"]:
        return "an update that says nothing"
    for difference in change["differences"]:
        found = _places_of(difference, before, after)
        if not any(_lies_at(place, edit) for place in found):
            return f"it names another place: {difference}; that is {sorted(map(str, found))[:3]}"
        said = _wrong_values(difference, before, after, edit, found)
        if said:
            return said
    return ""


def wrong_where_stored(change: Any, old: Any, new: Any) -> str:
    """What is wrong with what a plan says of a document that the server stored as `old`, and would store as `new`."""
    changed = [*_changed(old, new)]
    if change is None or change["action"] != "update":
        return f"not seen: {change and change['action']}, of {changed[:3]}" if changed else ""
    for difference in change["differences"]:
        found = _places_of(difference, old, new)
        if not any(place[: len(one)] == one or one[: len(place)] == place for place in found for one in changed):
            return f"it names another place: {difference}; stored is another {changed[:3]}"
    return ""


def _changed(old: Any, new: Any, path: Path = ()) -> Iterator[Path]:
    """The places where two documents differ; a list counts as a whole where its length does."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {*old, *new}:
            if key in old and key in new:
                yield from _changed(old[key], new[key], (*path, key))
            else:
                yield (*path, key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, item in enumerate(old):
            yield from _changed(item, new[index], (*path, index))
    elif differing(old, new):
        yield path


def _places_of(difference: Any, before: Any, after: Any) -> set[Path]:
    path = difference["path"].removeprefix("dashboard").removesuffix(" (order)").removeprefix(".")
    path = path.removeprefix("spec.")
    return {*resolved(before, path), *resolved(after, path)}


def _lies_at(place: Path, edit: Edit) -> bool:
    """Whether a place is the edited one, or below it; a list counts as a whole where items come, go or move."""
    target = (
        edit.path[:-1] if edit.kind in ("insert", "swap", "rename") or isinstance(edit.path[-1], int) else edit.path
    )
    return place[: len(target)] == target


def _wrong_values(difference: Any, before: Any, after: Any, edit: Edit, found: set[Path]) -> str:
    """Scalars are shown as they are, and both sides never print the same."""
    if difference.get("to"):
        return ""  # it says what has moved, and where to
    if json.dumps(difference.get("before", "(absent)")) == json.dumps(difference.get("after", "(absent)")):
        return f"both sides are the same: {difference}"
    if edit.kind != "set" or edit.path not in found:
        return ""
    for side, document in (("before", before), ("after", after)):
        try:
            value = at(document, edit.path)
        except (KeyError, IndexError, TypeError):
            if side in difference:
                return f"{side} is said to be there: {difference}"
            continue
        if side not in difference:
            return f"{side} is not shown: {difference}"
        if not isinstance(value, dict | list) and differing(value, difference[side]):
            return f"{side} is shown as {difference[side]!r}, is {value!r}"
    return ""


def resolved(document: Any, text: str) -> Iterator[Path]:
    """The places that a path may mean: an item of a list goes by its position, its id, or any text in it."""
    places: list[Path] = [()]
    end = 0
    while end < len(text):
        step = _STEP.match(text, end)
        if step is None:
            return
        end = step.end()
        places = [(*place, key) for place in places for key in _keys(at(document, place), step)]
    yield from places


def _keys(value: Any, step: re.Match[str]) -> Iterator[str | int]:
    if step["name"] is not None:
        if isinstance(value, dict) and step["name"] in value:
            yield step["name"]
        return
    texts = {
        json.loads(quoted) if quoted else bare.removeprefix("index ").rpartition("=")[2]
        for quoted, bare in _WORD.findall(step["inside"])
    }
    if isinstance(value, dict):
        yield from texts & value.keys()
    if isinstance(value, list):
        yield from (index for index, item in enumerate(value) if str(index) in texts or texts & set(_texts(item, 2)))


def _texts(value: Any, depth: int) -> Iterator[str]:
    """What an item may be called by: any text or number in it, not far down."""
    if isinstance(value, dict) and depth:
        for item in value.values():
            yield from _texts(item, depth - 1)
    elif isinstance(value, str | int | float):
        yield str(value)
        if isinstance(value, int):
            yield str(int(float(value)))  # as a Grafana has it
