from django.apps import AppConfig
from django.db.models.signals import pre_delete


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = "Pages"

    def ready(self) -> None:
        from wagtail.signals import page_published, page_unpublished

        from acknowledgements import subjects
        from pages import audit, notifications, publication, readings  # noqa: F401 - the second declares its classes
        from search.registry import register
        from spaces.audit import register_checker

        page_published.connect(publication.on_published)
        page_unpublished.connect(publication.on_gone)
        pre_delete.connect(publication.on_deleted)
        register(publication.index_all)
        subjects.register(readings.SUBJECT)
        register_checker(audit.wagtail_rights)
