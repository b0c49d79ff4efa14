"""Slugs as 12.4.0 makes them."""

import pytest

from providers.embedded.generations.slugs import make_slug as make_old_slug
from providers.embedded.generations.slugs import make_slug_or_code
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


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Recorded two again", "recorded-two-again"),
        ("Überblick – a/b  & c@d!", "uberblick-a-b-and-catd"),
        ("Straße_1 – Ñandú", "strasse_1-nandu"),
        ("Привет, щи", "privet-shchi"),
        ("📈", ""),
        ("-- --", ""),
    ],
)
def test_slugs_before_12_are_in_latin_letters(title: str, slug: str) -> None:
    """The first is recorded; the others are as the library of Grafana up to 7.5 makes them."""
    assert make_old_slug(title) == slug


def test_old_slugs_of_other_scripts_differ_where_titles_do() -> None:
    """There they are transliterated; here it is enough that they are not mixed up."""
    assert make_old_slug("概要") != make_old_slug("概况") != ""


def test_7_5_has_a_slug_for_every_title() -> None:
    """Also for one without a letter in it."""
    assert (make_slug_or_code("A b"), make_slug_or_code("📈")) == ("a-b", "8J-TiA")
