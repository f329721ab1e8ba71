"""The region's directory. Figures such as « 124 lieux labellisés » are counted here, never stored."""

from django.db import models
from django.db.models import Q

from accounts.alphabet import FRENCH


class Network(models.Model):
    """One of the labelled networks (7 in Nord – Pas-de-Calais), e.g. CIO or Pôle emploi."""

    slug = models.SlugField("identifiant", unique=True)
    name = models.CharField("nom court", max_length=60)
    full_name = models.CharField("nom complet", max_length=160, blank=True)
    position = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "réseau"
        verbose_name_plural = "réseaux"
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Territory(models.Model):
    """A zone d'emploi-formation, on which the label is asked for and granted."""

    slug = models.SlugField("identifiant", unique=True)
    name = models.CharField("nom", max_length=80, unique=True)
    coordinator_network = models.ForeignKey(
        Network,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="réseau du coordinateur",
    )
    position = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "territoire"
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Structure(models.Model):
    """A body that people represent: a CIO, a mission locale, the Region, the C2RP. Without a territory, it is regional."""

    name = models.CharField("nom", max_length=160, db_collation=FRENCH)
    network = models.ForeignKey(
        Network, null=True, blank=True, on_delete=models.PROTECT, related_name="structures", verbose_name="réseau"
    )
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="structures", verbose_name="territoire"
    )

    class Meta:
        verbose_name = "structure"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name", "territory"], name="structure_unique_name"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(territory=None), name="structure_unique_regional_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place that receives the public; labelled when its network keeps it open without appointment half of the week."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="sites", verbose_name="structure")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="sites", verbose_name="réseau")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="sites", verbose_name="territoire")
    name = models.CharField("nom", max_length=160, db_collation=FRENCH)
    town = models.CharField("commune", max_length=80, blank=True, db_collation=FRENCH)
    is_labelled = models.BooleanField("labellisé", default=False)

    class Meta:
        verbose_name = "lieu d’accueil"
        verbose_name_plural = "lieux d’accueil"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["network", "territory", "name"], name="site_unique_name")]

    def __str__(self) -> str:
        return self.name
