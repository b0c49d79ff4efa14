"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.pages import Page
from hcl_lite.cli.profiling import showing_profile
from hcl_lite.cli.prompts import ask_variable, is_terminal
from hcl_lite.cli.views.look import MAX_SIZE, Detail
from hcl_lite.core.addrs import Address
from hcl_lite.engine.planning.options import OnUnreachable, Options
from hcl_lite.operations.requests import Inputs, LockOptions


class AddressType(click.ParamType[Address]):
    """An address, parsed at the edge; completed from the configuration and the state."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Address:
        if isinstance(value, Address):
            return value
        try:
            return Address.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        found = operations.list_addresses(here())
        return [click.shell_completion.CompletionItem(address) for address in found if address.startswith(incomplete)]


ADDRESS = AddressType()


def variable_options(command: Callable[..., int]) -> Callable[..., int]:
    """--var, --var-file and --input, which the command gets as `inputs`."""

    @wraps(command)
    def with_inputs(assignments: tuple[str, ...], files: tuple[Path, ...], ask: bool, **options: Any) -> int:
        missing = ask_variable if ask and is_terminal() else None
        return command(inputs=Inputs(assignments, files, missing=missing), **options)

    for option in (
        click.option("--input/--no-input", "ask", default=True, help="Ask for variables without a value (default)."),
        click.option(
            "--var-file", "files", multiple=True, type=click.Path(path_type=Path), help="TOML file of values."
        ),
        click.option("--var", "assignments", multiple=True, metavar="NAME=VALUE", help="Value of a variable."),
    ):
        with_inputs = option(with_inputs)
    return with_inputs


def planning_options(command: Callable[..., int]) -> Callable[..., int]:
    """Adds the options of a plan, which the command receives as `options`; its own --destroy is among them."""

    @wraps(command)
    def with_options(
        destroy: bool,
        refresh: bool,
        refresh_only: bool,
        targets: tuple[Address, ...],
        excluded: tuple[Address, ...],
        replacing: tuple[Address, ...],
        on_unreachable: OnUnreachable,
        **others: Any,
    ) -> int:
        check_exclusive(targets, excluded)
        options = Options(destroy, refresh, refresh_only, targets, replacing, excluded, on_unreachable=on_unreachable)
        return command(options=options, **others)

    for option in (
        click.option("--refresh-only", is_flag=True, help="Only bring the state up to date."),
        click.option(
            "--refresh/--no-refresh", default=True, help="Look at the servers first (default), or trust the state."
        ),
        click.option("--replace", "replacing", multiple=True, type=ADDRESS, help="Make this object anew."),
        click.option("--exclude", "excluded", multiple=True, type=ADDRESS, help="Not this, nor what needs it."),
        click.option("--target", "targets", multiple=True, type=ADDRESS, help="Only this, and what it needs."),
    ):
        with_options = option(with_options)
    return variable_options(policy_options(unreachable_option(with_options)))


def unreachable_option(command: Callable[..., int]) -> Callable[..., int]:
    """--on-unreachable, which the command gets as `on_unreachable`."""

    @wraps(command)
    def with_consequence(on_unreachable: str, **options: Any) -> int:
        return command(on_unreachable=OnUnreachable(on_unreachable), **options)

    return click.option(
        "--on-unreachable",
        type=click.Choice([one.value for one in OnUnreachable]),
        default=OnUnreachable.FAIL.value,
        show_default=True,
        help="Of a server that cannot be reached: an error, or its objects left out; see docs/servers.md.",
    )(with_consequence)


def policies_option(command: Callable[..., int]) -> Callable[..., int]:
    """--policies, which the command gets as `policies`."""
    return click.option(
        "--policies",
        multiple=True,
        metavar="DIR|git::URL",
        help="Hold the plan to these policies too; see docs/policies.md.",
    )(command)


def policy_options(command: Callable[..., int]) -> Callable[..., int]:
    """Adds --policies and --override-policy, which become part of `inputs`."""

    @wraps(command)
    def with_policies(inputs: Inputs, policies: tuple[str, ...], overridden: tuple[str, ...], **others: Any) -> int:
        overrides = dict(map(_read_override, overridden))
        return command(inputs=replace(inputs, policies=policies, overrides=overrides), **others)

    with_policies = click.option(
        "--override-policy",
        "overridden",
        multiple=True,
        metavar="NAME=REASON",
        help="Apply although the plan breaks this policy; the reason is shown and logged.",
    )(with_policies)
    return policies_option(with_policies)


def _read_override(text: str) -> tuple[str, str]:
    name, _, reason = text.partition("=")
    if not (name.strip() and reason.strip()):
        raise click.UsageError(f"--override-policy takes NAME=REASON, not {text!r}.")
    return name.strip(), reason.strip()


def check_exclusive(targets: tuple[Address, ...], excluded: tuple[Address, ...]) -> None:
    """Raises UsageError for --target beside --exclude."""
    if targets and excluded:
        raise click.UsageError("--target and --exclude exclude each other.")


def lock_options(command: Callable[..., int]) -> Callable[..., int]:
    """--lock and --lock-timeout, which the command gets as `lock`."""

    @wraps(command)
    def with_lock(lock_wanted: bool, lock_timeout: float, **options: Any) -> int:
        return command(lock=LockOptions(lock_wanted, lock_timeout), **options)

    for option in (
        click.option("--lock/--no-lock", "lock_wanted", default=True, help="Keep other runs out (default)."),
        click.option(
            "--lock-timeout", default=0.0, metavar="SECONDS", type=_Seconds(), help="How long to wait for another run."
        ),
    ):
        with_lock = option(with_lock)
    return with_lock


def max_destroy_option(command: Callable[..., int]) -> Callable[..., int]:
    """--max-destroy, which the command gets as `max_destroy`: None for as many as there are."""
    return click.option(
        "--max-destroy", metavar="N", type=click.IntRange(0), help="Refuse a plan that deletes more objects than this."
    )(command)


def full_option(command: Callable[..., int]) -> Callable[..., int]:
    """--full, which the command gets as `full`."""
    return click.option("--full", is_flag=True, help="Show every key and every place of what changes.")(command)


def detail_option(command: Callable[..., int]) -> Callable[..., int]:
    """--detail, and --full for the most of it, which the command gets as `detail`."""

    @wraps(command)
    def with_detail(detail: str, full: bool, **options: Any) -> int:
        return command(detail=Detail.FULL if full else Detail(detail), **options)

    for option in (
        click.option(
            "--detail",
            type=click.Choice([one.value for one in Detail]),
            default=Detail.SUMMARY.value,
            show_default=True,
            help="Counts and risks alone, each change, or every key.",
        ),
        click.option("--full", is_flag=True, help="Show every key and every place of what changes: --detail=full."),
    ):
        with_detail = option(with_detail)
    return with_detail


def max_size_option(command: Callable[..., int]) -> Callable[..., int]:
    """Adds --max-size, which the command receives as `max_size`."""
    return click.option(
        "--max-size",
        default=MAX_SIZE,
        show_default=True,
        type=click.IntRange(4096),
        metavar="BYTES",
        help="Of Markdown: what is beyond is left out, the least important first.",
    )(command)


def page_options(*formats: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Adds --format, and --max-size, --link and --title for Markdown, which the command receives as `page`."""

    def add(command: Callable[..., int]) -> Callable[..., int]:
        @wraps(command)
        def with_page(format_: str, max_size: int, link: str, title: str, **options: Any) -> int:
            return command(page=Page(format_, max_size, link, title), **options)

        for option in (
            click.option(
                "--title", default="", help="Of Markdown: what is planned, where a comment is not the only one."
            ),
            click.option("--link", default="", metavar="URL", help="Of Markdown: a page that has all of it."),
            click.option(
                "--format",
                "format_",
                type=click.Choice(formats),
                default="text",
                show_default=True,
                help="See docs/ci.md.",
            ),
        ):
            with_page = option(with_page)
        return max_size_option(with_page)

    return add


def json_option(command: Callable[..., int]) -> Callable[..., int]:
    """--json, which the command gets as `as_json`; nobody is asked for the values of variables then."""

    @wraps(command)
    def with_json(as_json: bool, inputs: Inputs, **options: Any) -> int:
        return command(as_json=as_json, inputs=replace(inputs, missing=None) if as_json else inputs, **options)

    return click.option("--json", "as_json", is_flag=True, help="Say all of it as lines of JSON: see docs/json.md.")(
        with_json
    )


def profile_option(command: Callable[..., int]) -> Callable[..., int]:
    """Adds --profile, which is around all that the command does."""

    @wraps(command)
    def with_profile(profile: bool, **options: Any) -> int:
        if not profile:
            return command(**options)
        with showing_profile(as_json=bool(options.get("as_json"))):
            return command(**options)

    return click.option("--profile", is_flag=True, help="Say where the time went, at the end: see docs/profile.md.")(
        with_profile
    )


def restoring_options(command: Callable[..., int]) -> Callable[..., int]:
    """Adds the options of undo and restore."""
    for option in (
        click.option("--auto-approve", is_flag=True, help="Do not ask."),
        click.option("--overwrite", is_flag=True, help="Also take back what somebody has changed since."),
    ):
        command = option(command)
    return variable_options(full_option(command))


class _Seconds(click.ParamType[float]):
    """Seconds, also written as Terraform writes them: 30s, 5m."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value)
        unit = {"s": 1.0, "m": 60.0, "h": 3600.0}.get(text[-1:], 0.0)
        try:
            return float(text[:-1]) * unit if unit else float(text)
        except ValueError:
            self.fail(f"{value!r} is not a time: expected seconds, or 30s, 5m", param, ctx)
