from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "panels"
    verbose_name = "Groupes d’usagers"

    def ready(self) -> None:
        from accounts import personal_data
        from panels.queries import written_by

        personal_data.register("Groupes d’usagers\u00a0: observations notées", written_by)
