"""The secrets of a data source: the tables that arguments give them in, and the flat names that Grafana keeps them by.
Pure.

A header of `http_headers` is two things to Grafana: httpHeaderName1 among the settings, and httpHeaderValue1 among the
secrets. Which number a header has is nobody's choice.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Final

from hcl_lite.core.paths import Everything, ObjectPath
from hcl_lite.core.schema import ValueProblem
from hcl_lite.core.values import UNKNOWN, Secret, Value, is_unknown, read_json, reveal

Values = Mapping[str, Value]

SECRETS: Final = ("secure_json_data", "secure_json_data_encoded", "http_headers")
_NAME, _VALUE = "httpHeaderName", "httpHeaderValue"  # with a number: a key of jsonData, and one of secureJsonData
_NUMBERS: Final = "header numbers"  # among completed values: the number of each of http_headers


def with_headers(values: Values) -> Values:
    """Completed `values` with json_data and secure_json_data as tables, and the names of headers among the settings.
    Raises ValueProblem."""
    filled = dict(values)
    for plain, encoded in (("json_data", "json_data_encoded"), ("secure_json_data", "secure_json_data_encoded")):
        if plain in filled and encoded in filled:
            raise ValueProblem(
                encoded, f"{plain} and {encoded} cannot both be set", "", f"Keep {plain}: it is a table."
            )
        if encoded in filled:
            filled[plain] = _decode(encoded, filled.pop(encoded))
    headers, settings = filled.get("http_headers", {}), filled.get("json_data", {})
    if headers is UNKNOWN or settings is UNKNOWN:
        return {**filled, "json_data": UNKNOWN}
    numbers = _numbered(headers, settings, filled.get("secure_json_data", {}))
    names = {f"{_NAME}{n}": Secret(name) if isinstance(headers, Secret) else name for name, n in numbers.items()}
    whole = {**(settings.value if isinstance(settings, Secret) else settings), **names}
    json_data = Secret(reveal(whole)) if isinstance(settings, Secret) else whole
    return {**filled, "json_data": json_data, _NUMBERS: numbers}


def flat_secrets(values: Values) -> Value:
    """The texts of all secrets by Grafana's names, headers too; see ResourceType.secrets."""
    secure, headers = reveal(values.get("secure_json_data", {})), reveal(values.get("http_headers", {}))
    if secure is UNKNOWN or headers is UNKNOWN or (headers and _NUMBERS not in values):
        return UNKNOWN
    numbered = {f"{_VALUE}{values[_NUMBERS][name]}": value for name, value in headers.items()}
    return {key: value if value is UNKNOWN else _text(value) for key, value in {**secure, **numbered}.items()}


def with_flat_secrets(values: Values, secrets: Values) -> Values:
    """`values` with these secrets and no other, all by Grafana's names."""
    rest = {key: value for key, value in values.items() if key not in SECRETS}
    return {**rest, "secure_json_data": {k: v if v is UNKNOWN else Secret(v) for k, v in secrets.items()}}


def leads_to_secret(values: Values, path: ObjectPath, name: str) -> bool:
    """Whether `path` leads to the secret `name`. A header goes by its own name, such as http_headers["X-Key"]."""
    where, *below = path.steps
    if where not in SECRETS:
        return False
    secure = reveal(values.get("secure_json_data", {}))
    is_header = name.startswith(_VALUE) and (secure is UNKNOWN or name not in secure)
    if is_header != (where == "http_headers"):
        return False
    if not below or below[0] == Everything():
        return True
    numbers: Mapping[str, int] = values.get(_NUMBERS, {})
    return below[0] == name or (is_header and name == f"{_VALUE}{numbers.get(str(below[0]))}")


def settings_of_headers(values: Values, path: ObjectPath) -> Iterable[str]:
    """The keys of json_data that have the names of the headers that `path` leads to."""
    where, *below = path.steps
    numbers: Mapping[str, int] = values.get(_NUMBERS, {}) if where == "http_headers" else {}
    return [f"{_NAME}{number}" for name, number in numbers.items() if not below or below[0] in (name, Everything())]


def _decode(attribute: str, value: Value) -> Value:
    if is_unknown(value):  # read already as far as it is known
        return value if isinstance(value, Mapping) else UNKNOWN
    try:
        decoded = read_json(reveal(value))
    except (ValueError, TypeError, RecursionError) as error:
        detail = "" if isinstance(value, Secret) else str(error)
        raise ValueProblem(attribute, f"{attribute} is not JSON", detail) from error
    if not isinstance(decoded, dict):
        raise ValueProblem(attribute, f"{attribute} is not a JSON object")
    return {key: Secret(item) for key, item in decoded.items()} if isinstance(value, Secret) else decoded


def _numbered(headers: Value, settings: Value, secure: Value) -> Mapping[str, int]:
    """The number of each of http_headers: Grafana keeps httpHeaderName1 and on, and their values as secrets of the same
    number. Those that `settings` and `secure` have are taken. By name, whatever the order in which they are written.

    Raises ValueProblem for one that `settings` has, too.
    """
    given, plain, hidden = reveal(headers), reveal(settings), reveal(secure)
    named = {str(name).lower() for key, name in plain.items() if key.startswith(_NAME)}
    for name in given:
        if name.lower() in named:
            summary = f'The header "{name}" is given twice'
            detail = f"json_data has a {_NAME} for it, too."
            raise ValueProblem("http_headers", summary, detail, "Keep it in http_headers alone.")
    keys = [*plain, *(hidden if isinstance(hidden, Mapping) else ())]
    taken = {int(digits) for key in keys if (digits := _number_in(key))}
    free = (number for number in itertools.count(1) if number not in taken)
    return dict(zip(sorted(given), free, strict=False))


def _text(secret: Value) -> str:
    """Returns the text that is sent for a secret; secure_json_data_encoded may hold what is no text."""
    return "" if secret is None else str(secret)


def _number_in(key: str) -> str:
    digits = key.removeprefix(_NAME).removeprefix(_VALUE)
    return digits if digits != key and digits.isascii() and digits.isdigit() else ""
