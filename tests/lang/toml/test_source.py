"""What a file of a configuration may cost before it is decoded: a module's is somebody else's."""

from __future__ import annotations

import time

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.lang.toml.source import parse_source


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = [" + "{}," * 700_000 + "]", "m.toml is too large"),
        ('a = "' + "[" * 2_000_000, "m.toml is too large"),
        ("a = 0x" + "f" * 8_000_000, "A number in m.toml has thousands of digits"),
        ("a = [1, -1." + "0" * 8_000_000 + "]", "A number in m.toml has thousands of digits"),
        ("a = " + "9" * 5000, "A number in m.toml has thousands of digits"),
        ("a = 0x" + "f" * 257, "This number has no form in JSON"),
    ],
    ids=["values", "a text without end", "hexadecimal", "a fraction", "decimal", "beyond a float"],
)
def test_a_file_that_would_cost_too_much_is_refused_before_it_is_decoded(text: str, said: str) -> None:
    """Millions of values, and numbers of which each digit takes more than a hundred bytes."""
    begun = time.process_time()
    with pytest.raises(HclError) as caught:
        parse_source(text, "m.toml")
    assert [one.summary for one in caught.value.diagnostics] == [said]
    assert time.process_time() - begun < 9


@pytest.mark.parametrize("quote", ["'", "'''", '"', '"""'])
def test_what_is_in_a_text_is_neither_a_value_nor_a_number(quote: str) -> None:
    """Dashboards stand in texts, and keys of many hexadecimal digits."""
    inside = "[1,{}]" * 400_000 + " " + "0" * 200_000
    text = f"# {inside}\na = {quote}{inside}{quote}\nb = 1\n"
    assert parse_source(text, "m.toml").data == {"a": inside, "b": 1}
