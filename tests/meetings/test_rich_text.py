"""What comes in clean, goes out escaped, and stays what it says."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings import rich_text

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><title>CR</title>
<style>p.MsoNormal {margin:0cm; font-family:"Calibri"}</style></head><body lang=FR>
<!--StartFragment--><p class=MsoNormal style='text-align:justify'><b><span style='font-size:12.0pt'>Horaires<o:p></o:p></span></b></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1'><![if !supportLists]><span style='font-family:Symbol'>·<span>&nbsp;&nbsp;&nbsp; </span></span><![endif]>Premier
point</p>
<p class=MsoListParagraphCxSpLast>·<span>&nbsp;&nbsp;</span>Second <i>point</i></p>
<table border=1><tr><td><p class=MsoNormal>CIO</p></td><td><p class=MsoNormal>18 h</p></td></tr></table>
<img src="file:///C:/secret.png"><script>alert(1)</script><!--EndFragment--></body></html>"""


def test_a_paste_from_word_comes_out_clean() -> None:
    assert rich_text.clean(WORD) == (
        "<p><strong>Horaires</strong></p><ul><li>Premier point</li><li>Second <em>point</em></li></ul><p>CIO | 18 h</p>"
    )


@pytest.mark.parametrize(
    ("hostile", "kept"),
    [
        ("<script>alert(1)</script>", ""),
        ("<p onclick=alert(1)>a</p>", "<p>a</p>"),
        ('<img src=x onerror="alert(1)">', ""),
        ("<svg><script>1</script></svg>b", "<p>b</p>"),
        ('<a href="javascript:alert(1)">x</a>', "<p>x</p>"),
        ('<a href="data:text/html,x">x</a>', "<p>x</p>"),
        ('<a href="file:///etc/passwd">x</a>', "<p>x</p>"),
        ('<a href="https://a.example/?b=1&c=&quot;>">x</a>',
         '<p><a href="https://a.example/?b=1&amp;c=&quot;&gt;" rel="noopener noreferrer external">x</a></p>'),
        ("a &lt;script&gt; b", "<p>a &lt;script&gt; b</p>"),
        ('<iframe src="http://169.254.169.254/"></iframe>c', "<p>c</p>"),
        ("a\x00\x07\u202eb", "<p>ab</p>"),
    ],
)  # fmt: skip
def test_what_could_act_is_gone(hostile: str, kept: str) -> None:
    assert rich_text.clean(hostile) == kept


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>/abpluoi &;\"'=\n·*_-1. é|"), max_size=80))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = rich_text.clean(text)
    assert rich_text.clean(once) == once


@pytest.mark.parametrize(
    "html",
    [
        "<p>Bonjour</p><p>Deux<br>lignes</p>",
        "<ul><li>un</li><li>deux</li></ul><p>fin</p>",
        "<ol><li>un</li><li>deux</li></ol>",
        "<p>du <strong>gras</strong> et de l’<em>italique</em></p>",
        "<p>3 &lt; 4 &amp; 5 &gt; 2</p>",
    ],
)
def test_the_plain_field_loses_nothing_of_what_it_can_say(html: str) -> None:
    assert rich_text.from_marks(rich_text.to_marks(html)) == html


def test_in_plain_words() -> None:
    html = "<p>Il dit&nbsp;: <strong>oui</strong></p><ul><li>a</li><li>b</li></ul>"
    assert rich_text.to_plain(html) == "Il dit\xa0: oui\n– a\n– b"


def test_what_is_too_long_is_refused_and_never_cut() -> None:
    longest = "a" * (rich_text.MAX_CHARACTERS - len("<p></p>"))
    assert rich_text.to_plain(rich_text.accept(longest)) == longest
    with pytest.raises(ValidationError, match="trop long"):
        rich_text.accept(longest + "a")
    assert len(rich_text.to_plain(rich_text.from_marks("a" * 200_000))) == 200_000


def test_what_cleaning_lengthens_is_read_whole_again() -> None:
    kept = rich_text.clean("<p>" + "&" * 40_000 + "fin</p>")
    assert rich_text.to_plain(kept).endswith("&fin")
