"""Operations by name, and what each has around it."""

from __future__ import annotations

import pytest

from hcl_lite import operations
from hcl_lite.core.diags import Diagnostic, HclError, Place
from hcl_lite.core.redaction import has_vault, new_vault, redact, remember_secret
from hcl_lite.engine.plan import Plan
from hcl_lite.operations.operation import operation
from hcl_lite.operations.outcomes import Outcome

_SECRET = "s3cr3t-t0ken"
_PROBLEM = Diagnostic(f"no {_SECRET}", f"found {_SECRET}", Place("m.toml", 1, 1, f'x = "{_SECRET}"'), f"not {_SECRET}")
_MASKED = Diagnostic(
    "no (sensitive)", "found (sensitive)", Place("m.toml", 1, 1, 'x = "(sensitive)"'), "not (sensitive)"
)


@pytest.mark.parametrize("name", operations._OPERATIONS)
def test_every_operation_is_there(name: str) -> None:
    """Under the name that the table has."""
    assert callable(getattr(operations, name))


def test_what_an_operation_gives_has_no_secret() -> None:
    """Also deep in a result; outside of it nothing is known any more."""

    @operation
    def work() -> Outcome:
        remember_secret(_SECRET)
        return Outcome("s", "r", (_PROBLEM,), Plan((), warnings=(_PROBLEM,)))

    assert work() == Outcome("s", "r", (_MASKED,), Plan((), warnings=(_MASKED,)))
    assert redact(_SECRET) == _SECRET
    assert not has_vault()


def test_what_an_operation_raises_has_no_secret() -> None:
    """In its diagnostics and its text."""

    @operation
    def work() -> None:
        remember_secret(_SECRET)
        raise HclError(_PROBLEM)

    with pytest.raises(HclError, match=r"^no \(sensitive\)$") as caught:
        work()
    assert caught.value.diagnostics == (_MASKED,)


def test_an_operation_shares_the_vault_of_its_caller() -> None:
    """Who shows its result may add what others have written."""

    @operation
    def work() -> None:
        remember_secret(_SECRET)

    with new_vault():
        work()
        assert redact(_SECRET) == "(sensitive)"
