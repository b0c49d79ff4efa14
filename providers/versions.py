"""The Grafana versions whose answers were recorded, one for each generation of its API."""

RECORDED = ("3.2.1", "5.4.3", "7.5.5", "12.4.0")
LATEST = RECORDED[-1]


def recorded_version(text: str) -> str | None:
    """The recorded version that `text` names: itself, or how it begins, such as "7" or "7.5"."""
    return next((version for version in RECORDED if f"{version}.".startswith(f"{text}.")), None)
