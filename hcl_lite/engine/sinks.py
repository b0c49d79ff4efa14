"""Sinks: the places that users name for secrets which a server tells once. file:PATH, cmd:PROGRAM ARGUMENTS,
keyring:SERVICE/NAME.

A sink counts where it is written in the root module, as a reference to a secret does: nobody who can only choose a
value can have a file written or a program run.
"""

from __future__ import annotations

import asyncio
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import write_private
from hcl_lite.core.redaction import redact
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import Attr, ResourceType
from hcl_lite.core.values import UNKNOWN, Secret, Value, is_unknown, reveal
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.evaluation.secret_references import ReferenceProblem, from_keyring, scheme_of, split_command

Values = Mapping[str, Value]

_EXPECTED = 'Expected "file:PATH", "cmd:PROGRAM ARGUMENTS" or "keyring:SERVICE/NAME".'
_SECONDS = 60.0
_SAID = 2000  # characters of a program's complaint


def read_sinks(scope: Scope, block: Block, attrs: Mapping[str, Attr], values: Values) -> Values:
    """Returns `values` with the words of each program as a shell would have them. Raises HclError at the place of what
    can be no sink, or may not be one."""
    given = {key: values[key] for key, attr in attrs.items() if attr.sink and values.get(key) is not None}
    return {**values, **{key: _sink(scope, block, key, value) for key, value in given.items()}}


def _sink(scope: Scope, block: Block, key: str, value: Value) -> Value:
    written = block.body[key]
    scheme = scheme_of(written)
    if block.address.module:
        hint = "Hand the secret out of the module as an output, with sensitive = true."
        raise _at(block, key, "Only the root module may say where a secret is put", "", hint)
    if scheme in ("", "env") or not written.partition(":")[2].strip():
        raise _at(block, key, f"{key} names no place for a secret", _EXPECTED)
    if scheme == "keyring" and not all(str(reveal(value)).partition(":")[2].rpartition("/")[::2]):
        raise _at(block, key, "The keyring's entry is not understood", "Expected keyring:SERVICE/NAME.")
    if scheme != "cmd" or is_unknown(value):
        return value
    with _problems_at(block, key):
        words = [scope.evaluate(block, word, (key,)) for word in split_command(written.partition(":")[2])]
    return f"cmd:{shlex.join(str(reveal(word)) for word in words)}"


def _at(block: Block, key: str, summary: str, detail: str = "", hint: str = "") -> HclError:
    return HclError(Diagnostic(summary, detail, block.value_place(key), hint, str(block.address)))


def from_sink(scope: Scope, type_: ResourceType, values: Values) -> Values:
    """Returns the secrets that can be read back from the sinks of an object; nothing of a program's."""
    found: dict[str, Value] = {}
    for key, attr in type_.attrs.items():
        sink = values.get(key) if attr.sink else None
        scheme = scheme_of(sink)
        if scheme in ("file", "keyring") and isinstance(sink, str):
            try:
                secret = scope.secrets.read(scheme, (sink.partition(":")[2],))
            except ReferenceProblem:
                continue
            found[attr.sink] = secret if secret is UNKNOWN else Secret(secret)
    return found


def written_sinks(block: Block, type_: ResourceType) -> Values:
    """Returns the sinks of a block as they are written, which need no other block to be known."""
    written = {key: block.body[key] for key, attr in type_.attrs.items() if attr.sink and key in block.body}
    return {key: value for key, value in written.items() if isinstance(value, str) and "${" not in value}


async def check_sinks(context: RunContext, block: Block, type_: ResourceType, values: Values) -> None:
    """Raises HclError for a sink that could take nothing, before a server tells what is to be put there."""
    for key, attr in type_.attrs.items():
        if attr.sink and isinstance(sink := values.get(key), str):
            with _problems_at(block, key):
                await asyncio.to_thread(_check, context, sink)


async def put_secrets(context: RunContext, block: Block, type_: ResourceType, values: Values, told: Values) -> None:
    """Puts each secret that a server has `told` into the sink that `values` name for it. Raises HclError."""
    for key, attr in type_.attrs.items():
        sink, secret = values.get(key) if attr.sink else None, reveal(told.get(attr.sink))
        if not isinstance(sink, str):
            continue
        if not isinstance(secret, str):
            raise _at(block, key, f"There is no {attr.sink} for {key}", "The server did not tell it.")
        with _problems_at(block, key):
            await asyncio.to_thread(_put, context, sink, secret)


@contextmanager
def _problems_at(block: Block, key: str) -> Iterator[None]:
    """Raises HclError at the place of `key` for a ReferenceProblem."""
    try:
        yield
    except ReferenceProblem as problem:
        raise _at(block, key, problem.summary, problem.detail, problem.hint) from problem


def _check(context: RunContext, sink: str) -> None:
    scheme, _, where = sink.partition(":")
    if scheme == "keyring":
        service, _, name = where.rpartition("/")
        from_keyring("The keyring cannot be opened", lambda keyring: keyring.get_password(service, name))
    elif scheme == "cmd":
        program = shlex.split(where)[0]
        there = shutil.which(program, path=context.environment.get("PATH")) or shutil.which(context.directory / program)
        if there is None:
            raise ReferenceProblem(f'The program "{program}" cannot be run', "There is no such program.")
    elif not (context.directory / Path(where).expanduser()).parent.is_dir():
        raise ReferenceProblem(f'The secret cannot be written to "{where}"', "There is no such directory.")


def _put(context: RunContext, sink: str, secret: str) -> None:
    scheme, _, where = sink.partition(":")
    if scheme == "cmd":
        _run(context, shlex.split(where), secret)
    elif scheme == "keyring":
        _into_keyring(where, secret)
    else:
        _into_file(context, where, secret)


def _into_file(context: RunContext, where: str, secret: str) -> None:
    """Writes a file that only its owner can read; one that is there keeps its mode."""
    try:
        write_private(context.directory / Path(where).expanduser(), f"{secret}\n".encode())
    except (OSError, RuntimeError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise ReferenceProblem(f'The secret cannot be written to "{where}"', f"{said}.") from error


def _run(context: RunContext, words: list[str], secret: str) -> None:
    """Hands the secret to a program as its input. It has no shell, and the environment of this process."""
    try:
        done = subprocess.run(
            words,
            input=f"{secret}\n".encode(),
            capture_output=True,
            cwd=context.directory,
            env=dict(context.environment),
            start_new_session=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        detail = f"It had not ended after {_SECONDS:g} s, and was stopped."
        raise ReferenceProblem(f'The program "{words[0]}" did not take the secret', detail) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ReferenceProblem(f'The program "{words[0]}" cannot be run', f"{reason}.") from error
    if done.returncode:
        said = redact(done.stderr.decode("utf-8", "replace")).strip()[:_SAID]
        detail = f"It ended with exit code {done.returncode}" + (f", and said:\n{said}" if said else ".")
        raise ReferenceProblem(f'The program "{words[0]}" did not take the secret', detail)


def _into_keyring(where: str, secret: str) -> None:
    service, _, name = where.rpartition("/")
    from_keyring("The keyring does not take the secret", lambda keyring: keyring.set_password(service, name, secret))
