"""The generations of Grafana that the embedded server plays: one module, with its whole route table, for each."""

from typing import Final

from providers.embedded.generations import v3_2, v5_4, v7_5, v10_1, v11_0, v11_6, v12_4
from providers.embedded.generations.generation import Generation
from providers.versions import PLAYED, played_version

__all__ = ["GENERATIONS", "Generation", "find_generation"]

GENERATIONS: Final = (
    v3_2.GENERATION,
    v5_4.GENERATION,
    v7_5.GENERATION,
    v10_1.GENERATION,
    v11_0.GENERATION,
    v11_6.GENERATION,
    v12_4.GENERATION,
)


def find_generation(version: str) -> Generation:
    """The generation of a version like "7.5.5", "7.5" or "7". Raises ValueError for one that is not played."""
    played = played_version(version)
    for generation in GENERATIONS:
        if generation.version == played:
            return generation
    raise ValueError(f"the embedded server does not play Grafana {version}; it plays {', '.join(PLAYED)}")
