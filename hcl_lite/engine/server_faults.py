"""Diagnostics of faults of a server, at the place of its provider where its settings may be the cause. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hcl_lite.core.diags import Diagnostic, HclError, Place
from hcl_lite.core.schema import ProviderError
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.evaluation.expand import provider_address

_OTHERS_NAMED = 5


def fault_of(error: ProviderError, config: Config) -> Diagnostic:
    """Returns the diagnostic of a fault that is of no block but the provider."""
    block = _suspect(error, config)
    return Diagnostic(
        str(error),
        _set_up_elsewhere(error, block),
        _place(error, block) if block is not None else None,
        error.hint,
        str(block.address) if block is not None else "",
        request_id=error.request_id,
    )


def fault_at(error: ProviderError, blocks: Sequence[Block], config: Config) -> Diagnostic:
    """Returns the diagnostic of a fault that kept `blocks` from being planned: at the first of them, where it is not
    the provider that may be set up wrongly."""
    if error.suspects and error.provider:
        return fault_of(error, config)
    first, *others = sorted(blocks, key=lambda block: block.address.order)
    more = f" and {len(others) - _OTHERS_NAMED} more" if len(others) > _OTHERS_NAMED else ""
    named = ", ".join(str(block.address) for block in others[:_OTHERS_NAMED])
    detail = f"It kept others from being planned, too: {named}{more}." if others else ""
    return Diagnostic(str(error), detail, first.place(), error.hint, str(first.address), request_id=error.request_id)


def fault_text(error: ProviderError, config: Config) -> str:
    """Returns the text of a fault, for a diagnostic at another block."""
    block = _suspect(error, config)
    where = f"{block.address} is set up at {_place(error, block)}." if block is not None else ""
    return "\n".join(filter(None, (str(error), where, _set_up_elsewhere(error, block))))


@contextmanager
def faults_as_diagnostics(config: Config) -> Iterator[None]:
    """Context manager: raises HclError in place of a ProviderError that the settings of the provider may have
    caused."""
    try:
        yield
    except ProviderError as error:
        if not error.suspects:
            raise
        raise HclError(fault_of(error, config)) from error


def _suspect(error: ProviderError, config: Config) -> Block | None:
    """The block of the provider whose settings may be the fault."""
    return config.blocks.get(provider_address(error.provider)) if error.suspects and error.provider else None


def _place(error: ProviderError, block: Block) -> Place:
    """The setting that is the likeliest, or the block that says none of them."""
    return next((block.value_place(name) for name in error.suspects if name in block.body), block.place())


def _set_up_elsewhere(error: ProviderError, block: Block | None) -> str:
    """Returns a sentence on where the faulty setting comes from, where the provider's block does not give it."""
    if not error.suspects or not error.provider:
        return ""
    if block is None:
        return f"No block sets up provider.{error.provider}: its settings are those of the environment."
    if any(name in block.body for name in error.suspects):
        return ""
    return f"{block.address} gives no {error.suspects[0]}: what the environment says counts."
