"""Plain text to safe HTML, and back without loss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.rich_text import clean_html, excerpt, from_plain, is_plain, to_plain


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), max_size=200))
def test_no_tag_of_the_author_survives(text):
    html = from_plain(text)
    for tag in ("<script", "<img", "<svg", "<style", "<iframe"):
        assert tag not in html.lower()


@pytest.mark.parametrize(
    "text", ["Bonjour.", "Un\n\nDeux", "a < b & c > d", "Ligne\nsuite", "Voir https://exemple.fr/a?b=1&c=2"]
)
def test_what_was_typed_comes_back(text):
    html = from_plain(text)
    assert (to_plain(html), is_plain(html)) == (text, True)


@pytest.mark.parametrize(
    "html", ["<h3>Titre</h3><p>x</p>", "<ul><li>un</li></ul>", '<p><a linktype="page" id="3">x</a></p>']
)
def test_what_the_plain_field_cannot_hold(html):
    assert not is_plain(html)


def test_strange_addresses_go():
    cleaned = clean_html(
        '<p onclick="x()"><a href="javascript:x()">a</a><img src=x onerror=y><a href="https://b.fr">b</a></p>'
    )
    assert "javascript" not in cleaned
    assert "onclick" not in cleaned
    assert "<img" not in cleaned
    assert 'href="https://b.fr"' in cleaned


def test_an_excerpt_ends_at_a_word():
    assert excerpt("<p>" + "mot " * 100 + "</p>", 20) == "mot mot mot mot mot …"
