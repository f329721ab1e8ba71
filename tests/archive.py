"""What PDF/UA-1 and PDF/A-3a ask of a file, as far as it can be read without a validator of their own."""

import io
from collections.abc import Iterator
from itertools import pairwise

import pikepdf

_SHOWS = {"Tj", "TJ", "'", '"', "Do", "sh"}
_WITHIN_A_LINE = {"Span", "Strong", "Em", "Link", "Lbl"}
_ACTIVE = ("/JavaScript", "/JS", "/Launch", "/RichMedia", "/XFA", "/OpenAction", "/AA")


def check_archive(raw: bytes, *, attached: str = "") -> list[str]:
    """The kinds of the elements, in the order in which they are read. `attached`: the name of the one file that is inside."""
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        root, xmp = pdf.Root, pdf.open_metadata()
        claims = tuple(xmp[key] for key in ("pdfuaid:part", "pdfaid:part", "pdfaid:conformance"))
        assert claims == ("1", "3", "A")
        assert xmp["dc:title"] == str(pdf.docinfo["/Title"]) != ""
        assert (str(root.Lang), root.MarkInfo.Marked, root.ViewerPreferences.DisplayDocTitle) == ("fr-FR", True, True)
        assert str(root.OutputIntents[0].S) == "/GTS_PDFA1"
        assert (pdf.is_encrypted, [key for key in _ACTIVE if key in root]) == (False, [])
        files = [(str(one.UF), str(one.AFRelationship), str(one.EF.F.Subtype)) for one in root.get("/AF", [])]
        assert files == ([(attached, "/Data", "/application/json")] if attached else [])
        assert list(pdf.attachments) == ([attached] if attached else [])
        for page in pdf.pages:
            _check_page(pdf, page)
        kinds = list(_kinds(root.StructTreeRoot.K))
        loose = {str(one.S)[1:] for one in root.StructTreeRoot.K[0].K} & _WITHIN_A_LINE
        assert not loose, "words that belong to no paragraph, heading, list or table"
    levels = [int(kind[1]) for kind in kinds if kind[0] == "H" and kind[1:].isdigit()]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    return kinds


def _check_page(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    assert str(page.Tabs) == "/S"
    for font in page.Resources.get("/Font", {}).values():
        drawn = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & drawn.FontDescriptor.keys(), font.BaseFont
        assert "/ToUnicode" in font, font.BaseFont
    depth = 0  # whatever is shown is in the tree of what is read, or an artifact
    for _, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(name, 0)
        assert depth or name not in _SHOWS, name
    assert depth == 0


def _kinds(node: pikepdf.Object) -> Iterator[str]:
    for one in node if isinstance(node, pikepdf.Array) else [node]:
        if isinstance(one, pikepdf.Dictionary) and "/S" in one:
            kind = str(one.S)[1:]
            yield kind
            assert kind != "Figure" or one.get("/Alt"), "a picture without words"
            if kind == "TH":
                assert any("/Scope" in attribute for attribute in _listed(one.get("/A"))), "a heading of nothing"
            if "/K" in one:
                yield from _kinds(one.K)


def _listed(found: pikepdf.Object | None) -> list[pikepdf.Object]:
    if found is None:
        return []
    return list(found) if isinstance(found, pikepdf.Array) else [found]
