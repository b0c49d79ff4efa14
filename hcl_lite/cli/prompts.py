"""Questions to the person at the terminal."""

from __future__ import annotations

import sys

import click

from hcl_lite.core.diags import Diagnostic, HclError


def is_terminal() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask_variable(name: str, description: str, secret: bool) -> str:
    """A value for a variable, from the person at the terminal."""
    click.echo(click.style(f"var.{name}", bold=True) + (f"\n  {description}" if description else ""))
    return str(click.prompt("  Value", hide_input=secret, default="", show_default=False))


def check_somebody_is_there(command: str, instead: str = "--auto-approve", otherwise: str = "") -> None:
    """Raises HclError where a question would be asked of nobody."""
    if not is_terminal():
        raise HclError(
            Diagnostic(
                f"{command} asks before it changes anything, and nobody is there to answer",
                "Standard input or output is not a terminal.",
                hint=f"Give {instead}{otherwise}",
            )
        )


def agrees(question: str) -> bool:
    """Whether the person at the terminal says yes."""
    try:
        answer = click.prompt(f"\n{question} Only 'yes' is taken for yes", default="", show_default=False)
    except click.Abort:
        click.echo(err=True)  # what is said of it has a line of its own
        raise
    return bool(answer.strip() == "yes")


def is_agreed(question: str, command: str, unasked: bool, instead: str = "--auto-approve") -> bool:
    """Whether it may be done: the person at the terminal is asked, unless the option `instead` was given (`unasked`).

    Raises HclError where nobody is there to answer.
    """
    if unasked:
        return True
    check_somebody_is_there(command, instead)
    if agrees(question):
        return True
    click.echo("Nothing was changed.")
    return False
