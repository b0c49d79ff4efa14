"""Checks out the git repositories of modules: by a few transports, without prompts, within a time limit."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from hcl_lite.core.diags import Diagnostic, HclError, Place
from hcl_lite.core.files import make_directory

TRANSPORTS = ("https", "ssh", "git", "file")
_URL = rf"(?:{'|'.join(TRANSPORTS)})://(?!-)[^\s]+"
_OF_SSH = r"[A-Za-z0-9][\w.-]*(?:@[A-Za-z0-9][\w.-]*)?:(?!:|//)[^\s]+"  # user@host:path
_PATH = r"/[^\0]*"
_ACCOUNT = r"(?<!ssh)://[^/@\s]*@"
_SECONDS = 300
# A server that stops sending is given up before that.
_PATIENCE = ("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60")
# What speaks of another repository: of that in whose hook hcl-lite runs, for one.
_OF_OTHERS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE")


def check_source(url: str, ref: str, place: Place | None) -> None:
    """Raises HclError for a source that git would take for an option, or for a program to run (ext::, fd::,
    helpers)."""
    if url and not ref.startswith("-") and any(re.fullmatch(form, url) for form in (_URL, _OF_SSH, _PATH)):
        return
    raise HclError(
        Diagnostic(
            f'"{without_account(url) or "git::"}" is not a git source',
            f"Expected git::URL//directory?ref=v1, the URL by one of {', '.join(TRANSPORTS)}, or as user@host:path.",
            place,
        )
    )


def without_account(text: str) -> str:
    """Returns a URL without its user and password."""
    return re.sub(_ACCOUNT, "://…@", text)


def check_out(url: str, ref: str, checkout: Path, environment: Mapping[str, str], place: Place | None) -> None:
    """Makes `checkout` a checkout of `ref`, atomically. Raises HclError with the message of git."""
    fresh = checkout.with_name(f".{checkout.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    make_directory(fresh)
    fetch = ["fetch", "--quiet", "--depth", "1", "--no-recurse-submodules", "--", url, ref or "HEAD"]
    commands = (["init", "--quiet", "--template="], fetch, ["checkout", "--quiet", "FETCH_HEAD"])
    try:
        for command in commands:
            code, said = _run(["git", *_PATIENCE, "-C", str(fresh), *command], environment)
            if code:
                at = f" at {ref}" if ref else ""
                summary = f"Cannot check out {without_account(url)}{at}"
                raise HclError(Diagnostic(summary, without_account(said.strip()[-2000:]), place))
        shutil.rmtree(checkout, ignore_errors=True)
        fresh.rename(checkout)
    except FileNotFoundError as error:
        raise HclError(Diagnostic("git is not installed", "Modules in git repositories need it.", place)) from error
    except subprocess.TimeoutExpired as error:
        detail = f"It had not ended after {_SECONDS} s, and was stopped."
        raise HclError(Diagnostic(f"git takes too long to fetch {without_account(url)}", detail, place)) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Exit code, and what the program says of errors. Raises TimeoutExpired, with all ended that it has started."""
    # In a session of its own it has no terminal to ask anything at: git's helpers and ssh would.
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=_environment(environment),
        start_new_session=True,
    ) as process:
        try:
            _, said = process.communicate(timeout=_SECONDS)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return process.returncode, said.decode("utf-8", "replace")


def _environment(own: Mapping[str, str]) -> Mapping[str, str]:
    kept = {name: text for name, text in own.items() if name not in _OF_OTHERS}
    return {**kept, "GIT_ALLOW_PROTOCOL": ":".join(TRANSPORTS), "GIT_TERMINAL_PROMPT": "0"}
