"""A GitHub and a GitLab that are played: `gh` and `curl` as far as the files of examples/ci call them.

It runs as a program under these names; what the platform has is a JSON file, named by PLATFORM.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

BOT = {"login": "github-actions[bot]"}
KINDS = ("comments", "issues", "notes", "pulls", "artifacts", "calls")


class Platform:
    """The contents of a platform, kept in a file between its calls."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.has: dict[str, list[Any]] = {name: [] for name in KINDS}
        if path.exists():
            self.has |= json.loads(path.read_text())

    def save(self) -> None:
        """Writes the file."""
        self.path.write_text(json.dumps(self.has))

    def answer(self, method: str, path: str, sent: dict[str, str]) -> Any:
        """Answers one call of an API; KeyError for a route that there is not."""
        self.has["calls"].append(f"{method} {path}")
        route, _, query = path.partition("?")
        table: dict[str, Any] = {
            r"GET repos/o/r/issues/\d+/comments": lambda: self.has["comments"],
            r"POST repos/o/r/issues/\d+/comments": lambda: self._add("comments", {**sent, "user": BOT}),
            r"PATCH repos/o/r/issues/comments/(\d+)": lambda at: self._change("comments", at, sent),
            r"GET repos/o/r/issues": lambda: [one for one in self.has["issues"] if one["state"] == "open"],
            r"POST repos/o/r/issues": lambda: self._add("issues", {**sent, "user": BOT, "state": "open"}),
            r"PATCH repos/o/r/issues/(\d+)": lambda at: self._change("issues", at, sent),
            r"GET repos/o/r/commits/(\w+)/pulls": lambda sha: [
                one for one in self.has["pulls"] if one["merge_commit_sha"] == sha
            ],
            r"GET repos/o/r/actions/artifacts": lambda: {
                "artifacts": [one for one in self.has["artifacts"] if query == f"name={one['name']}"]
            },
            r"GET https://gitlab\.example/api/v4/projects/7/merge_requests/3/notes": lambda: self.has["notes"],
            r"POST https://gitlab\.example/api/v4/projects/7/merge_requests/3/notes": lambda: self._add("notes", sent),
            r"PUT https://gitlab\.example/api/v4/projects/7/merge_requests/3/notes/(\d+)": lambda at: self._change(
                "notes", at, sent
            ),
        }
        for pattern, act in table.items():
            if found := re.fullmatch(pattern, f"{method} {route}"):
                return act(*found.groups())
        raise KeyError(f"{method} {path}")

    def _add(self, what: str, one: dict[str, Any]) -> Any:
        number = len(self.has[what]) + 1
        self.has[what].append({"id": number, "number": number, **one})
        return self.has[what][-1]

    def _change(self, what: str, number: str, sent: dict[str, str]) -> Any:
        self.has[what][int(number) - 1].update(sent)
        return self.has[what][int(number) - 1]

    def download(self, run: str, name: str, to: Path) -> None:
        """Unpacks an artifact of a run."""
        [one] = [one for one in self.has["artifacts"] if (str(one["workflow_run"]["id"]), one["name"]) == (run, name)]
        shutil.copytree(one["files"], to, dirs_exist_ok=True)


def _gh(platform: Platform, args: Sequence[str]) -> str:
    options, sent, words = _options(args, flags=("--paginate", "--silent"))
    if words[:2] == ["run", "download"]:
        platform.download(words[2], options["--name"], Path(options["--dir"]))
        return ""
    verb, path = words
    assert verb == "api"
    answer = json.dumps(platform.answer(options.get("--method", "GET"), path, sent))
    if "--silent" in options:
        return ""
    return subprocess.run(
        ["jq", "--raw-output", options.get("--jq", ".")], input=answer, capture_output=True, text=True, check=True
    ).stdout


def _curl(platform: Platform, args: Sequence[str]) -> str:
    options, sent, [url] = _options(args, flags=("--fail", "--silent", "--show-error"))
    assert options["--header"] == "PRIVATE-TOKEN: note-token"
    answer = platform.answer(options.get("--request", "GET"), urlsplit(url)._replace(query="").geturl(), sent)
    return "" if "--output" in options else json.dumps(answer)


def _options(args: Sequence[str], flags: Sequence[str]) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Returns options, the fields that are sent, and the other words."""
    options: dict[str, str] = {}
    sent: dict[str, str] = {}
    words: list[str] = []
    rest = iter(args)
    for word in rest:
        if word in flags:
            options[word] = ""
        elif word in ("--field", "--raw-field", "--data-urlencode"):
            name, mark, value = re.match(r"(\w+)(=@|=|@)(.*)", next(rest), re.DOTALL).groups()  # type: ignore[union-attr]
            is_file = "@" in mark and word != "--raw-field"
            sent[name] = Path(value).read_text() if is_file else value
        elif word.startswith("--"):
            options[word] = next(rest)
        else:
            words.append(word)
    return options, sent, words


def main() -> None:
    """Answers as the program by whose name it was called."""
    platform = Platform(Path(os.environ["PLATFORM"]))
    name, *args = [Path(sys.argv[0]).name, *sys.argv[1:]]
    try:
        print(end=(_gh if name == "gh" else _curl)(platform, args))
    finally:
        platform.save()


if __name__ == "__main__":
    main()
