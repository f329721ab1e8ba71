"""Minutes and attendance sheets on paper: one content, a PDF for the archive, ODT and DOCX to work with."""

from meetings.papers.apart import UnprintableError
from meetings.papers.content import ActionLine, Attendee, DecisionLine, ErratumLine, ItemContent, MinutesContent
from meetings.papers.typesetting import attendance_pdf, minutes_pdf, typeset
from meetings.papers.word import minutes_word

__all__ = [
    "ActionLine",
    "Attendee",
    "DecisionLine",
    "ErratumLine",
    "ItemContent",
    "MinutesContent",
    "UnprintableError",
    "attendance_pdf",
    "minutes_pdf",
    "minutes_word",
    "typeset",
]
