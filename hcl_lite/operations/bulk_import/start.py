"""A configuration for one server, where there is none yet."""

from __future__ import annotations

from pathlib import Path

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import make_directory
from hcl_lite.core.redaction import has_password
from hcl_lite.core.run_context import RunContext
from hcl_lite.lang.config.config import has_configuration
from hcl_lite.lang.evaluation.secret_references import scheme_of
from hcl_lite.lang.toml.format import format_source
from hcl_lite.lang.toml.source import parse_source
from hcl_lite.lang.toml.write import write_block
from hcl_lite.operations.bulk_import.model import Start
from hcl_lite.operations.operation import operation
from hcl_lite.operations.starter_files import GITIGNORE

_HEAD = "# What is on a Grafana, taken over by hcl-lite.\n"
_BY_ENVIRONMENT = "GRAFANA_AUTH in the environment says by which account it is reached."
_ALL_BY_ENVIRONMENT = (
    "GRAFANA_URL in the environment says where it is, and GRAFANA_AUTH by which account it is reached."
)


@operation
def check_start(context: RunContext, start: Start) -> None:
    """Raises HclError where a configuration cannot begin in the directory of `context`: for what is no address, for a
    secret in the open, which would stand in a file, and where there is one."""
    _check(start)
    if has_configuration(context.directory):
        hint = "Take over what its servers have with: hcl-lite import --all"
        raise HclError(Diagnostic("There is a configuration here already", hint=hint))


def _check(start: Start) -> None:
    if has_password(start.url):
        hint = "Leave it out, and give --auth env:NAME, or GRAFANA_AUTH in the environment."
        raise HclError(Diagnostic("The URL has a password in it", "It would stand in a file.", hint=hint))
    if start.url and not start.url.startswith(("https://", "http://", "embedded:")):
        detail = f"Expected the address of a Grafana, found {start.url}"
        raise HclError(Diagnostic("That is no server", detail, hint="Such as https://grafana.example.org"))
    if start.auth and not scheme_of(start.auth):
        hint = "Such as env:GRAFANA_AUTH, file:/run/secrets/grafana, or cmd:pass grafana."
        raise HclError(Diagnostic("A token is never written into a file", "Say where it is kept.", hint=hint))


def _text(start: Start) -> str:
    """The configuration."""
    comment = _ALL_BY_ENVIRONMENT if not start.url else "" if start.auth else _BY_ENVIRONMENT
    arguments = {key: value for key, value in (("url", start.url), ("auth", start.auth)) if value}
    block = write_block(("provider", "grafana"), arguments, {(): [comment]} if comment else {})
    return format_source(parse_source(f"{_HEAD}\n{block}", "main.toml"))


def start_configuration(directory: Path, start: Start) -> list[Path]:
    """Make sure that there is a configuration in `directory`, and say which files were written for it; one that is
    there stays as it is. Raises HclError."""
    _check(start)
    if directory.is_dir() and has_configuration(directory):
        return []
    written = []
    try:
        make_directory(directory)
        for name, text in (("main.toml", _text(start)), (".gitignore", GITIGNORE)):
            if not (directory / name).exists():
                (directory / name).write_text(text, encoding="utf-8")
                written.append(directory / name)
    except OSError as error:
        raise HclError(Diagnostic(f"Cannot begin a configuration in {directory}", f"{error.strerror}.")) from error
    return written
