"""The stateful machine: files and server of a small world change at random, runs are killed and lose answers.

What has to hold after each apply is in `_settle`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.reliability.machine.bench import STATE, Bench, Ran
from tests.reliability.machine.equality import differing
from tests.reliability.machine.file_edits import Files
from tests.reliability.machine.grafana import Key
from tests.reliability.machine.journal import objects_planned, objects_written
from tests.reliability.machine.marks import marked
from tests.reliability.machine.model import World, without_idle_user
from tests.reliability.machine.oracle import Oracle
from tests.reliability.machine.pick import Pick
from tests.reliability.machine.rendering import render
from tests.reliability.machine.scan import leaks
from tests.reliability.machine.server_edits import THEIRS, Colleague
from tests.reliability.machine.wire import Loss

APPLY = ["apply", "--auto-approve"]
PLAN = ["plan", "--detailed-exitcode"]
Edits = list[tuple[Any, int]]
_NUMBERS = st.integers(0, 2**24)


def _lists(edits: Sequence[Any]) -> st.SearchStrategy[Edits]:
    return st.lists(st.tuples(st.sampled_from(edits), _NUMBERS), min_size=1, max_size=4)


_EDITS = _lists(Files.EDITS)
_SERVER_EDITS = _lists(Colleague.EDITS)
_KEPT = (Files.release, Files.set_secret, Files.rotate, Files.protect, Files.settle_drift)  # by an undo
_UNDONE = _lists([edit for edit in Files.EDITS if edit not in _KEPT])


class Finding(AssertionError):
    """Something that does not hold."""


class WorldMachine(RuleBasedStateMachine):
    """`bench` is set by who runs it; `figures` counts what was done."""

    bench: Bench
    figures: dict[str, int]
    avoid: frozenset[str] = frozenset()  # known faults that are not to be met

    def __init__(self) -> None:
        super().__init__()
        self.bench.clear()
        self.world = World()
        self.files = Files(self.world, self.avoid)
        self.colleague = Colleague(self.bench.grafana, self.world, avoid=self.avoid)
        self.files.touched = self.colleague.touched
        self.files.strangers, self.files.strangers_names = self.colleague.strangers, self.colleague.names
        self.oracle = Oracle(self.bench.grafana)
        self.script: list[str] = []
        self.secrets: set[str] = set()
        self.is_whole = True  # no run was broken since the last one that was not
        self.before: dict[Key, Any] | None = None
        self.protected: set[int] = set()  # tags of what was protected by the last apply
        self.applied: dict[str, str] = {}
        self.wanted: dict[str, str] = {}

    # --- rules --------------------------------------------------------------------------------------------------------

    @initialize(numbers=st.lists(_NUMBERS, min_size=4, max_size=8))
    def begin(self, numbers: list[int]) -> None:
        """Something to begin with."""
        for number in numbers:
            self._note("files", self.files.declare(Pick(number)))
        self._settle()

    @rule(edits=_EDITS)
    def edit_files(self, edits: Edits) -> None:
        self._edit(edits)

    @rule(edits=_EDITS, saved=st.booleans())
    def edit_and_apply(self, edits: Edits, saved: bool) -> None:
        """With a plan that was saved, or without."""
        self._edit(edits)
        self._settle(saved)

    @rule(edits=_SERVER_EDITS)
    def edit_server(self, edits: Edits) -> None:
        self.before = None
        self._count("steps")
        for edit, number in edits:
            self._note("server", edit(self.colleague, Pick(number)))

    @rule(edits=_SERVER_EDITS)
    def edit_server_and_apply(self, edits: Edits) -> None:
        self.edit_server(edits)
        self._settle()

    @rule(edits=_EDITS, number=_NUMBERS)
    def apply_a_part(self, edits: Edits, number: int) -> None:
        """With --target: nothing is written but what the plan names."""
        self._edit(edits)
        self._write()
        if not self.world.things:
            return
        target = Pick(number).of([*self.world.things.values()]).address
        before = self._everything()
        plan, ran = self.bench.planned("--target", target)
        if not plan:  # a name that another one is to give up, which is no target, say
            self._check("Error: " in ran.said and "Traceback" not in ran.said, f"plan ended with {ran.codes}", ran)
            return
        applied = self.bench.run([*APPLY, "--target", target])
        self._broken(f"apply --target {target}: {applied.codes}", applied)
        if applied.codes == (0,):
            self._as_planned(objects_planned(plan), applied)
        self._untouched(before, self._everything(), set(objects_planned(plan)), applied)

    @rule(edits=_EDITS)
    def apply_over_strangers(self, edits: Edits) -> None:
        """What is a stranger's is not touched, whatever stands in the way."""
        self._edit(edits)
        self._write()
        theirs = {key: self.bench.grafana.document(key) for key in self.colleague.strangers}
        ran = self.bench.run(APPLY)
        self._broken(f"apply over strangers: {ran.codes}", ran)
        self._untouched(theirs, {key: self.bench.grafana.document(key) for key in theirs}, set(), ran)

    @rule(edits=_EDITS, meanwhile=_SERVER_EDITS)
    def apply_later(self, edits: Edits, meanwhile: Edits) -> None:
        """A plan that was saved before a colleague came: carried out as it was planned, or not at all."""
        self._edit(edits)
        self._write()
        self._make_room()
        plan, ran = self.bench.planned()
        self._check(bool(plan), f"plan ended with {ran.codes}", ran)
        self.edit_server(meanwhile)
        before, planned = self._everything(), objects_planned(plan)
        applied = self.bench.run([*APPLY, "p"])
        has_begun = applied.codes == (0,) or "Apply incomplete" in applied.said
        if has_begun and self.is_whole:
            self._as_planned(planned, applied, whole=applied.codes == (0,))
        self._check(has_begun or not applied.written, "a plan that was refused has written", applied)
        self._untouched(before, self._everything(), set(planned) if has_begun else set(), applied)
        self._broken(f"apply later: {applied.codes}", applied)

    @rule(number=_NUMBERS)
    def defy(self, number: int) -> None:
        """What is protected is not deleted: a plan that would is refused, and nothing at all is written."""
        protected = [t for t in self.world.things.values() if t.is_protected and t.tag in self.protected]
        if not self.is_whole or self.before is None or not protected:
            return
        thing = Pick(number).of(protected)
        things = self.world.copy().things
        thing.lifecycle = {}
        self._note("files", self.files.undeclare(Pick([*self.world.things].index(thing.tag))))
        self._write()
        self.world.things = things
        ran = self.bench.run(APPLY)
        self._check(ran.codes == (1,) and "is protected" in ran.said, f"protected, and apply: {ran.codes}", ran)
        self._check(not ran.written, "a plan that was refused has written", ran)
        self._note("run", "defied")

    @rule(edits=_EDITS, points=st.lists(st.integers(1, 60), min_size=1, max_size=3), whole=st.booleans())
    def kill(self, edits: Edits, points: list[int], whole: bool) -> None:
        """One run after the other; most are killed early, where a run has little to do."""
        self._edit(edits)
        self._write()
        self._make_room()
        for at in points:
            ran = self.bench.run(APPLY, kill=at if whole else at // 3 + 5)
            self._check(ran.killed or ran.codes == (0,), f"apply ended with {ran.codes}", ran)
            self._broken(f"kill at point {at}: {'killed' if ran.killed else ran.codes}", ran)
            if not ran.killed:
                break

    @rule(
        edits=_EDITS,
        at=st.integers(1, 8),
        kind=st.sampled_from(["before", "after", "refused"]),
        times=st.sampled_from([1, 1, 9]),
    )
    def lose(self, edits: Edits, at: int, kind: str, times: int) -> None:
        self._edit(edits)
        self._write()
        self._make_room()
        ran = self.bench.run(APPLY, losses=tuple(Loss(at + n, kind) for n in range(times)))
        self._broken(f"lose {kind} {at} x{times}: {ran.codes}", ran)

    @rule(edits=_UNDONE)
    def undo(self, edits: Edits) -> None:
        """What an apply has done is taken back; the next one does it again."""
        self._settle()
        hidden = self._hidden()
        self._edit(edits)
        self._write()
        self._make_room()
        before = self._everything()
        applied = self.bench.run(APPLY)
        self._check(applied.codes == (0,), f"apply ended with {applied.codes}", applied)
        self.before = None
        written = objects_written(applied.written)
        if not written:
            return
        undone = self.bench.run(["undo", "--auto-approve"])
        hidden |= self._hidden()
        is_told = "no backup has that" in undone.said and any(key in hidden for _, key in written)
        self._check(undone.codes == ((1,) if is_told else (0,)), f"undo ended with {undone.codes}", undone)
        self._note("run", f"apply and undo of {written}")
        gone = {key for method, key in written if method == "DELETE"}
        self._taken_back(before, self._everything(), gone, hidden, undone)
        self._settle()

    def teardown(self) -> None:
        if self.figures.get("failed"):
            return
        self._note("run", "destroy")
        for thing in self.world.things.values():
            thing.lifecycle.pop("prevent_destroy", None)
        self._write()
        # What a broken run may have taken over, or not, goes or stays.
        open_ = {(t.kind, t.live) for t in self.world.things.values() if t.is_open}
        self.files.released += open_
        self._let_go()
        self._make_room()
        strangers = {key: self.bench.grafana.document(key) for key in self.colleague.strangers if key not in open_}
        ran = self.bench.run(["destroy", "--auto-approve"])
        self._check(ran.codes == (0,), f"destroy ended with {ran.codes}", ran)
        after = {key: document for key, document in self._everything().items() if key not in open_}
        self._check(set(after) == set(strangers), f"destroy left {sorted(after)}, not {sorted(strangers)}", ran)
        self._untouched(strangers, after, set(), ran)

    # --- what has to hold ---------------------------------------------------------------------------------------------

    def _settle(self, saved: bool = False) -> None:
        """Plan and apply, and look at everything."""
        self._write()
        self._make_room()
        before = self.before or self._everything()
        state = self._state()
        plan, ran = self.bench.planned()
        self._check(bool(plan), f"plan ended with {ran.codes}", ran)
        self._check(not ran.written, "a plan has written to the server", ran)
        self._check(self._state() == state, "a plan has written the state", ran)
        applied = self.bench.run([*APPLY, "p"] if saved else APPLY)
        self._check(applied.codes == (0,), f"apply ended with {applied.codes}", applied)
        planned = objects_planned(plan)
        if self.is_whole:
            self._as_planned(planned, applied)
        self._let_go()
        after = self._everything()
        self._holds(before, after, planned, applied)
        self._untouched(before, after, set(planned), applied)
        self._ignored(before, after, planned, applied)
        again = self.bench.run(PLAN)
        self._check(again.codes == (0,), f"the plan after the apply: {again.codes}", again)
        self._no_leaks()
        self.is_whole, self.before, self.applied = True, after, self.wanted
        self.protected = {thing.tag for thing in self.world.things.values() if thing.is_protected}
        self.files.applied = [*self.world.moved, *self.world.removed]
        for thing in self.world.things.values():
            thing.takes, thing.is_open = thing.takes.replace("import", ""), False
            thing.stood = thing.stands
        self._count("applies")
        self._note("run", f"apply: {planned}")

    def _hidden(self) -> set[Key]:
        """What has a secret in its content."""
        return {(t.kind, t.live) for t in self.world.things.values() if marked(t.values, "secret")}

    def _taken_back(
        self, before: dict[Key, Any], after: dict[Key, Any], gone: set[Key], hidden: set[Key], ran: Ran
    ) -> None:
        """What an undo has to bring back is there, but for what no backup has: `hidden`."""
        old, new = ({k: _content(k, d, k in gone) for k, d in f.items() if k not in hidden} for f in (before, after))
        wrong = [f"{key}: {line}" for key in {*old, *new} for line in differing(old.get(key), new.get(key))]
        self._check(not wrong, f"undo has not brought back what was there: {wrong}", ran)
        self._count("undos")

    def _holds(self, before: dict[Key, Any], after: dict[Key, Any], planned: dict[Key, str], ran: Ran) -> None:
        wrong = self.oracle.find(self.world, after)
        for thing in self.world.of_kind("source"):
            key = thing.kind, thing.live
            stays = key in before and planned.get(key) not in ("create", "replace")
            thing.kept = {THEIRS} & {*before[key].get("secureJsonFields", ())} if stays else set()
        if not wrong:
            kept = self._kept(planned)
            wrong = list(self.oracle.unequal(self.world, after, set(self.colleague.strangers), kept))
            self.colleague.touched.intersection_update(kept)
        self._check(not wrong, "the server is not as the files say:\n" + "\n".join(wrong), ran)

    def _kept(self, planned: dict[Key, str]) -> set[Key]:
        """What a colleague has changed and on_drift = "keep" leaves so: not written, and seen to be untouched."""
        things = {(t.kind, t.live) for t in self.world.things.values() if t.on_drift == "keep"}
        return things & self.colleague.touched - planned.keys()

    def _as_planned(self, planned: dict[Key, str], ran: Ran, *, whole: bool = True) -> None:
        """What was planned is what was written, no more and, where the run was `whole`, no less."""
        written = {key for _, key in objects_written(ran.written)}
        by_chance = {kind for kind, uid in planned if not uid}
        more = {key for key in written if key not in planned and key[0] not in by_chance}
        self._check(not more, f"written, and not planned: {more}; planned: {planned}", ran)
        if not whole:
            return
        gone = {uid for (kind, uid), action in planned.items() if action in ("delete", "replace")}
        less = {key for key, action in planned.items() if key[1] and key not in written}
        less = {key for key in less if not (key[0].endswith("permission") and key[1] in gone)}
        self._check(not less, f"planned, and not written: { {key: planned[key] for key in less} }", ran)

    def _untouched(self, before: dict[Key, Any], after: dict[Key, Any], planned: set[Key], ran: Ran) -> None:
        for key, document in before.items():
            if key in planned or key[0] == "snapshot":
                continue
            if (f"{key[0]}_permission", key[1]) in planned:
                document = {**document, "permissions": after.get(key, {}).get("permissions")}
            wrong = differing(document, after.get(key))
            self._check(not wrong, f"{key} was not named by the plan, and is another one: {wrong[:5]}", ran)

    def _ignored(self, before: dict[Key, Any], after: dict[Key, Any], planned: dict[Key, str], ran: Ran) -> None:
        """What lifecycle leaves to others is as it was."""
        for thing in self.world.of_kind("dashboard"):
            key = thing.kind, thing.live
            if (
                "ignore_changes" not in thing.lifecycle
                or planned.get(key) in ("create", "replace")
                or key not in before
            ):
                continue
            old, new = (side[key]["dashboard"].get("extra", "(none)") for side in (before, after))
            self._check(not differing(old, new), f"{thing.address}: ignored, and changed: {old} → {new}", ran)

    def _make_room(self) -> None:
        if self.colleague.make_room(self.files.released):
            self.before = None

    def _let_go(self) -> None:
        """What [[removed]] leaves on the server is a stranger's from now on."""
        for key in self.files.released:
            document = self.bench.grafana.document(key)
            if document is not None:
                folder = document.get("meta", {}).get("folderUid") or document.get("parentUid") or ""
                self.colleague.strangers[key] = folder
                self.colleague.names[key[1]] = document.get("name", "")
        self.files.released.clear()

    def _no_leaks(self) -> None:
        found = leaks(self.bench.directory, self.secrets, self.bench.said)
        self._check(not found, f"leaked: {found}", None)
        self.bench.said = ""

    # --- helpers ------------------------------------------------------------------------------------------------------

    def _edit(self, edits: Edits) -> None:
        self._count("steps")
        for edit, number in edits:
            self._note("files", edit(self.files, Pick(number)))

    def _write(self) -> None:
        self.world.break_circles()
        for path in (*self.bench.directory.rglob("*.toml"), *self.bench.directory.rglob("*.json")):
            if path.name != STATE and ".hcl-lite" not in path.parts and f"{STATE}.history" not in path.parts:
                path.unlink()
        self.wanted = render(self.world)
        for name, text in self.wanted.items():
            path = self.bench.directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.bench.provider + text if name == "main.toml" else text)
        given = {value for thing in self.world.of_kind("source") for value in thing.secrets.values()}
        self.secrets |= {value for value in given | {*self.world.variables.values()} if value and not marked(value)}

    def _everything(self) -> dict[Key, Any]:
        return self.bench.grafana.everything()

    def _state(self) -> bytes:
        path = self.bench.directory / STATE
        return path.read_bytes() if path.exists() else b""

    def _broken(self, said: str, ran: Ran) -> None:
        self._check("Traceback" not in ran.said, "a traceback", ran)
        self.is_whole, self.before = False, None
        self._count("broken runs")
        self._note("run", said)

    def _note(self, who: str, said: str) -> None:
        if said:
            self.script.append(f"{who}: {said}")
            self._count(f"edits of {who}" if who != "run" else "runs")

    def _count(self, what: str) -> None:
        self.figures[what] = self.figures.get(what, 0) + 1

    def _check(self, holds: bool, said: str, ran: Ran | None) -> None:
        if not holds:
            self.figures["failed"] = 1
            parts = {
                "the run said": ran.said[-6000:] if ran else "",
                "files that were applied last": _shown(self.applied),
                "files": _shown(self.wanted),
                "script": "\n".join(self.script),
            }
            raise Finding(said + "".join(f"\n--- {name}:\n{text}" for name, text in parts.items()))


def _shown(files: dict[str, str]) -> str:
    return "\n".join(f"# {name}\n{text}" for name, text in files.items())


def _chosen(document: Any) -> dict[str, Any]:
    """The permissions that somebody chose: whoever makes an object may do anything with it."""
    return {"permissions": {who: level for who, level in document["permissions"].items() if who != "user:1"}}


def _content(key: Key, document: Any, made_anew: bool) -> Any:
    """What an undo has to bring back of an object: no numbers, no times; nor, where it was gone, what cannot be."""
    match key[0]:
        case "folder":
            found = {name: document.get(name) for name in ("title", "parentUid")} | _chosen(document)
        case "dashboard":
            model = {name: value for name, value in document["dashboard"].items() if name not in ("id", "version")}
            found = {"model": model, "folder": document["meta"]["folderUid"]} | _chosen(document)
        case "snapshot":
            return {"dashboard": document["dashboard"]}
        case _:
            found = {
                name: value for name, value in without_idle_user(document).items() if name not in ("id", "version")
            }
    return {
        name: value for name, value in found.items() if not made_anew or name not in ("permissions", "secureJsonFields")
    }
