"""Slugs as 12.4.0 makes them."""

import pytest

from providers.embedded.slug import make_slug


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Recorded one", "recorded-one"),
        ("Überblick – 概要 📈", "ueberblick-e28093-e6a682-e8a681-f09f9388"),
        ("It's a (test) & more_stuff--x/ü.é ß ñ", "it-s-a-test-and-more-stuff-x-ue-e-ss-c3b1"),
        ("Ærø Łódź Çx œ ſ ə ĳ", "aero-lodz-cx-oe-z-e-ij"),
        ("Жук Привет ё щ", "zhuk-privet-jo-sch"),
        ("!!!", "da39a3e"),
        ("", "da39a3e"),
        ("uid _-", "uid"),
        ("a" * 50, "a" * 50),
    ],
)
def test_slugs_seen_on_a_real_server(title: str, slug: str) -> None:
    """Each was answered by a 12.4.0."""
    assert make_slug(title) == slug


def test_a_long_slug_is_seven_hex_digits() -> None:
    """Over 50 bytes it is the start of a hash."""
    assert len(make_slug("a" * 51)) == 7
