"""The Grafana versions that the embedded server plays, one for each generation of the API."""

RECORDED = ("3.2.1", "5.4.3", "7.5.5", "10.1.2", "11.0.0", "12.4.0")
LATEST = RECORDED[-1]
# Nobody recorded this one: it has what the Dashboard API's document says of deleted dashboards, and no other has.
DOCUMENTED = "11.6.0"
PLAYED = (*RECORDED[:-1], DOCUMENTED, LATEST)


def played_version(text: str) -> str | None:
    """The version that `text` names: itself, or how it begins, such as "7" or "7.5"."""
    return next((version for version in PLAYED if f"{version}.".startswith(f"{text}.")), None)
