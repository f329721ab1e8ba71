from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "panels"
    verbose_name = "Groupes d’usagers"

    def ready(self) -> None:
        from accounts import personal_data
        from meetings.enums import BodyKind
        from meetings.protected import protect
        from panels.actions.names import refuse_names
        from panels.queries import written_by

        protect(BodyKind.USER_PANEL, refuse_names)
        personal_data.register("Groupes d’usagers\u00a0: observations notées", written_by)
