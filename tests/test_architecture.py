"""The shape of the code: who imports whom, no state in modules, a docstring for everything that others use."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeGuard

import networkx as nx
import pytest

from hcl_lite.cli.main import COMMANDS
from hcl_lite.core.schema.attributes import Attr, Type
from hcl_lite.core.schema.type_text import type_of
from providers.registry import PROVIDER_TYPES

_ROOT = Path(__file__).parent.parent
_FILES = sorted(path for name in ("hcl_lite", "providers", "state") for path in (_ROOT / name).rglob("*.py"))

# Longest prefix wins: what a package may import of the project, besides itself.
_MAY_IMPORT = {
    "hcl_lite": ("hcl_lite.cli", "hcl_lite.python", *("hcl_lite.core", "hcl_lite.operations", "hcl_lite.engine")),
    "hcl_lite.python": ("hcl_lite.core", "hcl_lite.operations", "hcl_lite.engine", "hcl_lite.cli.views", "state"),
    "hcl_lite.core": (),
    "hcl_lite.lang": ("hcl_lite.core",),
    "hcl_lite.engine": ("hcl_lite.core", "hcl_lite.lang", "state"),
    "hcl_lite.review": ("hcl_lite.core", "hcl_lite.engine"),
    "hcl_lite.operations": (
        *("hcl_lite.core", "hcl_lite.lang", "hcl_lite.engine", "hcl_lite.review"),
        *("providers", "state"),
    ),
    "hcl_lite.cli": ("hcl_lite", "providers", "state"),
    "hcl_lite.cli.views": (
        *("hcl_lite.core", "hcl_lite.sketch", "hcl_lite.engine.plan", "hcl_lite.engine.diff"),
        *("hcl_lite.engine.policies", "hcl_lite.review", "state.model"),
    ),
    "state": ("hcl_lite.core",),
    "providers": ("hcl_lite.core", "hcl_lite.sketch"),
    "hcl_lite.sketch": (),
}
# Names, not modules: the dataclasses that views show.
_VALUES = {
    "hcl_lite.operations.bulk_import.model": {"Found", "LeftOut", "Report"},
    "hcl_lite.operations.export.model": {"ExportReport"},
    "hcl_lite.operations.drifting.model": {"Drift", "Drifted", "Unmanaged", "Unseen"},
    "hcl_lite.operations.getting.model": {"Content", "Got", "Item"},
    "hcl_lite.operations.promotion.model": {"Comparison"},
    "hcl_lite.operations.watching.model": {"Round"},
    "hcl_lite.operations.pulling.model": {"Contested", "Pulled", "PullReport", "Untaken"},
    "hcl_lite.operations.formatting": {"Formatted"},
    "hcl_lite.operations.initializing": {"Copying", "FetchedModule", "StarterFile"},
    "hcl_lite.operations.inspecting": {"Providers"},
    "hcl_lite.operations.outcomes": {"Outcome", "Validation"},
    "hcl_lite.operations.serving": {"Serving"},
    "hcl_lite.operations.profiling": {"Profile"},
    "hcl_lite.operations.workspaces": {"Workspaces"},
    "hcl_lite.engine.applying.progress": {"ApplyResult", "Event"},
    "hcl_lite.engine.planning.plan_file": {"encode", "encode_difference"},
    "hcl_lite.lang.docs.type_pages": {"Argument", "Page"},
    "state.backups": {"Run", "Write"},
    "state.file": {"encode"},
}
_MUTATING = frozenset(
    {"append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "remove", "discard", "clear"}
)


def _module(path: Path) -> str:
    parts = path.relative_to(_ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _trees() -> Mapping[str, ast.Module]:
    """The syntax tree of every module, by its name."""
    return {_module(path): ast.parse(path.read_text(encoding="utf-8")) for path in _FILES}


def _offences(find: Callable[[str, ast.Module], Collection[str]], outside: str = "-") -> Mapping[str, list[str]]:
    """What `find` finds in each module that is not below `outside`, without those in which it finds nothing."""
    found = {name: sorted(find(name, tree)) for name, tree in _trees().items() if not _is_below(name, outside)}
    return {name: offences for name, offences in found.items() if offences}


def _imports(tree: ast.AST) -> Iterator[tuple[str, frozenset[str]]]:
    """Modules of the project that are imported anywhere in a file, with the names taken from them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, frozenset(alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, frozenset()) for alias in node.names)


def _is_below(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def _forbidden(module: str, tree: ast.Module) -> list[str]:
    home = max((package for package in _MAY_IMPORT if _is_below(module, package)), key=len)
    return [
        name
        for name, taken in _imports(tree)
        if name.partition(".")[0] in ("hcl_lite", "providers", "state")
        and name != "hcl_lite.version"
        and not any(_is_below(name, package) for package in (home, *_MAY_IMPORT[home]))
        and not (home == "hcl_lite.cli.views" and taken and taken <= _VALUES.get(name, set()))
    ]


def test_imports_point_one_way() -> None:
    """cli → operations → engine → lang, state → core, and providers → core; views are given values and do nothing."""
    assert _offences(_forbidden) == {}


def test_a_wrong_import_would_be_found() -> None:
    """So that the test above cannot pass by finding nothing."""
    tree = ast.parse("def f():\n    from hcl_lite.engine.applying.applier import Applier\nimport state.model\n")
    assert _forbidden("hcl_lite.core.values", tree) == ["state.model", "hcl_lite.engine.applying.applier"]
    assert _forbidden("hcl_lite.cli.views.x", tree) == ["hcl_lite.engine.applying.applier"]


_ALL = frozenset(map(_module, _FILES))


def _edges(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Which modules of the project a file imports: anywhere, also inside functions and for types only."""
    for name, taken in _imports(tree):
        inner = {f"{name}.{one}" for one in taken} & _ALL
        outer = {name} if name in _ALL and (not taken or len(inner) < len(taken)) else set()
        yield from ((module, imported) for imported in inner | outer if imported != module)


def _circles(edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    graph = nx.DiGraph(edges)
    return sorted(sorted(modules) for modules in nx.strongly_connected_components(graph) if len(modules) > 1)


def test_no_modules_import_each_other() -> None:
    """Not by way of others either: each can be read, and tested, with only what is below it."""
    assert _circles(edge for name, tree in _trees().items() for edge in _edges(name, tree)) == []


def test_a_circle_of_imports_would_be_found() -> None:
    """Of imports inside functions and for types, and of what is imported from a package."""
    paths = ast.parse("def f():\n    from hcl_lite.core import places\n")
    places = ast.parse("if TYPE_CHECKING:\n    from hcl_lite.core.values import Value, Secret\n")
    values = ast.parse("import hcl_lite.core.paths\nfrom json import loads\n")
    edges = [
        *_edges("hcl_lite.core.paths", paths),
        *_edges("hcl_lite.core.places", places),
        *_edges("hcl_lite.core.values", values),
        *_edges("hcl_lite.core.diags", values),
    ]
    assert _circles(edges) == [["hcl_lite.core.paths", "hcl_lite.core.places", "hcl_lite.core.values"]]


# Modules that import modules of the project when they are called, and which: those rest on a package that is slow, or
# are much that most runs do without. All others say at their top what they need, or in a table (core/lazy_table).
_DOORS: dict[str, frozenset[str]] = {
    "hcl_lite.__main__": frozenset({"hcl_lite.cli.main"}),  # after the path is set
    "hcl_lite.lang.expressions.jinja": frozenset(
        {"hcl_lite.lang.expressions.sandbox", "hcl_lite.lang.expressions.syntax"}
    ),
    "hcl_lite.operations.validating": frozenset({"hcl_lite.operations.linting"}),  # and the session that asks servers
    "providers.grafana.client": frozenset({"providers.embedded"}),
    "providers.grafana.dashboard_api": frozenset({"providers.grafana.editor.fill_ins"}),
    "providers.grafana.dashboard_values": frozenset({"providers.grafana.outline"}),  # and the sketches below it
    "providers.grafana.linting": frozenset({"providers.grafana.linting.rules"}),
    "providers.embedded": frozenset({"providers.embedded.app"}),
    "providers.embedded_headspin": frozenset({"providers.embedded_headspin.app"}),
    "providers.headspin.client": frozenset({"providers.embedded_headspin"}),
}
# Packages and modules of others that may be imported when they are used: slow, or not installed everywhere.
_LATE = frozenset(
    {
        *(
            "boto3",
            "botocore",
            "graphlay",
            "obstore",
            "promql_parser",
            "psycopg",
            "resource",
            "rjsonnet",
        ),  # extras; not on Windows
        *("cryptography", "httpx", "jinja2", "networkx", "packaging", "pygments", "readline", "rich", "yaml"),
        *("csv", "ctypes", "decimal", "importlib", "sqlite3", "subprocess", "tomllib"),
    }
)


def _late_imports(tree: ast.Module) -> set[str]:
    """What is imported inside of functions: modules, and of the project's packages what is taken from them."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    found = set()
    for name, taken in (one for function in functions for one in _imports(function)):
        inner = {f"{name}.{one}" for one in taken} & _ALL
        found |= inner or {name}
    return found


def test_imports_stand_at_the_top() -> None:
    """But for packages that are slow or optional, and the doors to our own modules that rest on these."""

    def hidden(module: str, tree: ast.Module) -> list[str]:
        late = _late_imports(tree) - _DOORS.get(module, frozenset())
        return [name for name in late if name.partition(".")[0] not in _LATE]

    assert _offences(hidden) == {}


def test_a_hidden_import_would_be_found() -> None:
    """Of a module, and of what is in a package."""
    tree = ast.parse(
        "import json\ndef f():\n    import httpx\n    import re\n    from state import model\n"
        "    def g():\n        from hcl_lite.core.values import Value\n"
    )
    assert _late_imports(tree) == {"httpx", "re", "state.model", "hcl_lite.core.values"}


# What libraries read of the process's environment by themselves, and is only told here: libpq's PGHOST and PGDATABASE.
# A connection that is given no directory names no files.
_OF_THE_PROCESS: Mapping[str, set[str]] = {
    "hcl_lite.python.calls": {"os.environ"},  # where the user gives none
    "state.backends.postgres": {"os.environ"},
    "providers.transport.connection": {"Path()"},
}
_PLACES_OF_THE_PROCESS = ("os.environ", "os.getenv", "os.getcwd", "os.chdir", "Path.cwd", "Path()")


def _of_the_process(tree: ast.Module) -> set[str]:
    """What a file takes of its process: the current directory, the environment."""
    attributes = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    calls = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call) and not node.args}
    return (attributes | calls) & {*_PLACES_OF_THE_PROCESS}


def test_only_the_command_line_takes_what_is_of_its_process() -> None:
    """Others are given a directory and an environment: several may work side by side in one process."""
    taken = _offences(lambda module, tree: _of_the_process(tree), outside="hcl_lite.cli")
    assert taken == {module: sorted(names) for module, names in _OF_THE_PROCESS.items()}


def test_what_is_of_the_process_would_be_found() -> None:
    """So that the test above cannot pass by finding nothing."""
    tree = ast.parse("import os\nfrom pathlib import Path\nx = os.environ.get('A')\ny = Path() / Path.cwd()\n")
    assert _of_the_process(tree) == {"os.environ", "Path()", "Path.cwd"}


# Words of the language and of others that are also names of attributes: id of an import block, the inputs of a module,
# each.value and the value of a local, the type of a provider block, networkx's members of what it condenses, and
# [[moved]] from and to, the target of --target, and what became of an interrupted write: created, updated.
_OWN_WORDS = frozenset({"id", "inputs", "value", "type", "members", "from", "to", "created", "updated", "target"})
# The keys of a saved plan are the plan's.
_OWN_DOCUMENTS = frozenset({"hcl_lite.engine.planning.plan_file", "hcl_lite.engine.planning.policy_file"})


def _attribute_names(attrs: Mapping[str, Attr]) -> Iterator[str]:
    """The names of attributes, also of those of nested blocks."""
    for name, attr in attrs.items():
        yield name
        yield from _names_in(type_of(attr))


def _names_in(type_: Type) -> Iterator[str]:
    yield from _attribute_names(type_.attributes)
    for item in type_.items:
        yield from _names_in(item)


def _texts(tree: ast.Module) -> Iterator[str]:
    """Every text of a file but those that document it."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    said = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, documented) and _is_said(node.body)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def _is_said(body: list[ast.stmt]) -> TypeGuard[list[ast.Expr]]:
    return bool(body) and isinstance(body[0], ast.Expr)


def test_the_engine_knows_no_attribute_by_name() -> None:
    """What a type can do is declared by `Capabilities`, and what an attribute is by `Attr`."""
    types = [type_ for provider in PROVIDER_TYPES.values() for type_ in provider.resources.values()]
    names = {name for type_ in types for name in _attribute_names(type_.attrs)} - _OWN_WORDS
    assert "force_destroy" in names  # so that the test cannot pass by finding nothing

    def known(module: str, tree: ast.Module) -> set[str]:
        is_held = _is_below(module, "hcl_lite.engine") and module not in _OWN_DOCUMENTS
        return names & set(_texts(tree)) if is_held else set()

    assert _offences(known) == {}


_SHOWING = frozenset({"click", "rich", "print", "input"})


def test_only_the_command_line_shows_and_asks() -> None:
    """What others call too knows of no terminal."""

    def shown(module: str, tree: ast.Module) -> set[str]:
        calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
        called = {function.id for function in calls if isinstance(function, ast.Name)}
        return ({name.partition(".")[0] for name in _imported(tree)} | called) & _SHOWING

    assert _offences(shown, outside="hcl_lite.cli") == {}


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _containers(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Module-level names that hold a list, dict or set, and whether their annotation or name says that it stays."""
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if not isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp):
            continue
        annotation = ast.unparse(node.annotation) if isinstance(node, ast.AnnAssign) else ""
        frozen = annotation.startswith(("Mapping", "tuple", "frozenset", "Final", "Sequence"))
        for target in targets:
            if isinstance(target, ast.Name) and target.id != "__all__":
                yield target.id, frozen or target.id.isupper()


def _mutated(tree: ast.Module) -> set[str]:
    """Names on which something is called, or into which something is put, that changes them."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MUTATING:
            found.update({node.func.value.id} if isinstance(node.func.value, ast.Name) else ())
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            found.update({node.value.id} if isinstance(node.value, ast.Name) else ())
        elif isinstance(node, ast.Global):
            found.update(node.names)
    return found


def test_modules_hold_no_state() -> None:
    """Tables are constants, and nothing changes them."""

    def variable(module: str, tree: ast.Module) -> set[str]:
        containers = dict(_containers(tree))
        globals_ = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
        return {name for name, constant in containers.items() if not constant or name in _mutated(tree)} | globals_

    assert _offences(variable) == {}


def _undocumented(tree: ast.Module) -> list[str]:
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
        and not any(isinstance(base, ast.Name) and base.id in _SPEAKING for base in getattr(node, "bases", ()))
    ]


# Classes whose members are the documentation: enumerations, and the errors that the docstring of their module draws.
_SPEAKING = frozenset({"StrEnum", "IntEnum", "ApiError", "Precondition"})


def test_what_others_use_has_a_docstring() -> None:
    """Every module, every public function and class of it."""

    def undocumented(module: str, tree: ast.Module) -> list[str]:
        return [*(["the module"] if tree.body and ast.get_docstring(tree) is None else []), *_undocumented(tree)]

    assert _offences(undocumented) == {}


_QUESTIONS = frozenset({"What", "Where", "How", "When", "Who", "Why", "That"})
# Texts for users, which are sentences of their own: the help of commands, and the reference of the language.
_FOR_USERS = ("hcl_lite.cli.commands", "hcl_lite.lang.expressions.functions")


def _riddles(tree: ast.Module) -> list[str]:
    """What is documented by a sentence that begins as a question does."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    documented = [(node, ast.get_docstring(node)) for node in ast.walk(tree) if isinstance(node, kinds)]
    return [
        getattr(node, "name", "the module")
        for node, text in documented
        if text and text.split()[0].rstrip(".,:") in _QUESTIONS
    ]


def test_a_docstring_begins_with_a_noun_or_a_verb() -> None:
    """So that it says what a thing is or does, in the first word that is read."""

    def riddles(module: str, tree: ast.Module) -> list[str]:
        is_for_users = any(_is_below(module, package) for package in _FOR_USERS)
        return [] if is_for_users else _riddles(tree)

    assert _offences(riddles) == {}


def test_a_docstring_that_begins_otherwise_would_be_found() -> None:
    """Of a module, a class and what is in them."""
    tree = ast.parse('"""Where."""\nclass A:\n    """A thing."""\n    def b(self):\n        """What it is."""\n')
    assert _riddles(tree) == ["the module", "b"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_a_module_with_a_command(name: str) -> None:
    """Named as it is called, so that one line in main.py makes it known."""
    module = importlib.import_module(
        f"hcl_lite.cli.commands.{'import_' if name == 'import' else name.replace('-', '_')}"
    )
    assert module.command.name == name
