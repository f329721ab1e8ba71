from django.apps import AppConfig


class AcknowledgementsConfig(AppConfig):
    name = "acknowledgements"
    verbose_name = "Accusés de lecture"

    def ready(self) -> None:
        from accounts import personal_data
        from acknowledgements import leaving, notifications, queries  # noqa: F401 - the second declares its class
        from mail import gates

        gates.register(leaving.GATE, leaving.refused_mail)
        personal_data.register("Accusés de lecture", queries.personal_data)
