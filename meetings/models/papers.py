"""Minutes put on paper: what is printed is written with the minutes, in their transaction; the printing comes after."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.models.works import Work
from meetings.enums import PaperState
from meetings.models.minutes import Minutes


class Paper(Work):
    """One circulation, approval or erratum, as its papers say it: held here, whatever the desk becomes meanwhile. The PDF is a
    version of the minutes' document; the files to work with are kept beside it and never made again."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="papers", verbose_name="compte rendu")
    content = models.JSONField("contenu", editable=False)
    banner = models.CharField("état en mots", max_length=200, editable=False)
    day = models.DateField("daté du", editable=False)
    fingerprint = models.CharField("empreinte", max_length=64, blank=True, editable=False)
    errata = models.JSONField("errata", default=list, editable=False)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    # With a circulation, those who were there and do not read the space receive a link (`actions.guests`).
    is_circulation = models.BooleanField(default=False, editable=False)
    state = models.CharField("état", max_length=10, choices=PaperState, default=PaperState.PENDING, editable=False)
    odt = models.BinaryField(null=True)
    docx = models.BinaryField(null=True)

    class Meta:
        verbose_name = "papier d’un compte rendu"
        verbose_name_plural = "papiers des comptes rendus"
        ordering = ["pk"]
        indexes = [models.Index(fields=["id"], name="paper_waiting", condition=Q(state=PaperState.PENDING))]

    def __str__(self) -> str:
        return self.banner
