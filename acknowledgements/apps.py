from django.apps import AppConfig


class AcknowledgementsConfig(AppConfig):
    name = "acknowledgements"
    verbose_name = "Accusés de lecture"

    def ready(self) -> None:
        from accounts import personal_data
        from acknowledgements import queries

        personal_data.register("Accusés de lecture", queries.personal_data)
