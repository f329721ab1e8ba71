from django.apps import AppConfig


class SpacesConfig(AppConfig):
    name = "spaces"
    verbose_name = "Espaces"

    def ready(self) -> None:
        from accounts import personal_data
        from spaces import queries

        personal_data.register("Espaces et mandats", queries.personal_data)
