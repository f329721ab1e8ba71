"""The one row of the project itself: what the clockwork leaves when it passes."""

from django.db import models


class Heartbeat(models.Model):
    """When the clock (beat) last had a task run by a worker."""

    at = models.DateTimeField("le")

    class Meta:
        verbose_name = "battement"
        ordering = ["-at", "pk"]

    def __str__(self) -> str:
        return str(self.at)
