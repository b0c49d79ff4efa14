"""Choices taken from one number, so that a smaller number is a simpler choice."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Pick:
    """Takes one choice after the other from `number`."""

    def __init__(self, number: int) -> None:
        self.left = number

    def below(self, limit: int) -> int:
        self.left, chosen = divmod(self.left, limit)
        return chosen

    def of(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def chance(self) -> random.Random:
        """What is left, for choices without end."""
        return random.Random(self.left)
