from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from accounts import personal_data
        from acknowledgements import subjects
        from documents import checks, leaving, notifications, readings  # noqa: F401 - two of them declare what they hold
        from documents.actions import index_all
        from documents.enums import DocumentKind
        from documents.guard import keep_versions
        from documents.queries import deposited_by, downloaded_by
        from documents.shares import links_of, reserved_by, shares_of
        from mail import gates
        from search import registry
        from spaces.triggers import set_aside

        gates.register(leaving.GATE, leaving.refused_mail)
        registry.register(index_all)
        registry.register_natures(
            {value: label for value, label in DocumentKind.choices if value != DocumentKind.OTHER}
        )
        subjects.register(readings.SUBJECT)
        personal_data.register("Documents déposés", deposited_by)
        personal_data.register("Téléchargements", downloaded_by)
        personal_data.register("Partages de documents", shares_of)
        personal_data.register("Liens de partage", links_of)
        personal_data.register("Documents réservés", reserved_by)
        pre_migrate.connect(set_aside, sender=self, dispatch_uid="documents.triggers")
        post_migrate.connect(keep_versions, sender=self, dispatch_uid="documents.versions")
