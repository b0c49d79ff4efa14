"""Message templates under /api/v1/provisioning, as 12.4.0 answers: a PUT makes them too."""

import re
from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import alerting, wire
from providers.embedded.alerting import READ, ROOT, WRITE
from providers.embedded.collection import Collection, Verb
from providers.embedded.items import Draft, Item
from providers.embedded.routing import Call, Route

_ACTION: Final = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_DEFINES: Final = re.compile(r"\{\{-?\s*define\b")
_OPENS: Final = ("if", "range", "with", "block", "define")


def put(call: Call) -> Response:
    """PUT /api/v1/provisioning/templates/:name {"template": …, "version": …} (12.4.0): the version guards an update."""
    command, name = call.json(), call.params["key"]
    text, version = (wire.read_field(command, key, str) for key in ("template", "version"))
    text = as_definition(name, text.strip())
    if complaint := complaint_of(text):
        message = "Template is in invalid format. Correct the payload and try again."
        raise alerting.refuse(400, "notifications.templates.invalidFormat", message, Error=complaint)
    items, author = TEMPLATES.items(call), call.identity.account.id
    old = items.get(name)
    if old is None and version:
        raise _missing(name)
    body = {"template": text, "provenance": alerting.provenance(call), "version": alerting.digest(text)}
    draft = Draft(body, name, name)
    if old is None:
        return alerting.accepted(_show(call, items.add(draft, author)))
    alerting.check_version(version, old)
    alerting.check_provenance(call, old.body["provenance"])
    return alerting.accepted(_show(call, items.replace(old, draft, author)))


def as_definition(name: str, text: str) -> str:
    """A text that defines nothing is the definition of the template's own name."""
    if not text or _DEFINES.search(text):
        return text
    lines = "\n".join(f"  {line}" for line in text.splitlines())
    return f'{{{{ define "{name}" }}}}\n{lines}\n{{{{ end }}}}'


def complaint_of(text: str) -> str:
    """Returns the first mistake in a template that can be found without parsing Go's templates; empty for none."""
    if not text:
        return "template must have content"
    depth = 0
    for action in _ACTION.finditer(text):
        word, _, rest = action[1].partition(" ")
        where = f"invalid template: template: :{text.count(chr(10), 0, action.start()) + 1}: "
        if word == "define" and not rest:
            return f'{where}unexpected "}}}}" in define clause'
        if word in _OPENS and not rest:
            return f"{where}missing value for {word}"
        depth += (word in _OPENS) - (word == "end")
        if depth < 0:
            return f"{where}unexpected {{{{end}}}}"
    return f"invalid template: template: :{text.count(chr(10)) + 1}: unexpected EOF" if depth else ""


def _show(_: Call, item: Item) -> dict[str, Any]:
    what = {"name": item.name, "template": item.body["template"], "version": item.body["version"]}
    return what | alerting.shown(item)


def _listed(_: Collection, call: Call, items: Sequence[Item]) -> list[dict[str, Any]] | None:
    return [_show(call, item) for item in sorted(items, key=lambda item: item.name)] or None


def _check(call: Call, verb: Verb, name: str) -> None:
    item = TEMPLATES.items(call).get(name) if verb == "delete" else None
    if item is not None:
        alerting.check_version(call.query("version"), item)
        alerting.check_provenance(call, item.body["provenance"])


def _missing(_: str) -> wire.Refused:
    return alerting.refuse(404, "notifications.templates.notFound", "NotFound")


def _parse(_: Call) -> Draft:
    raise _missing("")


TEMPLATES: Final = Collection(
    kind="message template",
    path=f"{ROOT}/templates",
    key="{key:path}",
    access={"list": READ, "get": READ, "delete": WRITE},
    parse=_parse,
    show=_show,
    listed=_listed,
    missing=_missing,
    check=_check,
    gone=alerting.deleted,
)

ROUTES: Final = (*TEMPLATES.routes, Route("PUT", f"{ROOT}/templates/{{key:path}}", put, *WRITE, writes=True))
