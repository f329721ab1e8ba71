from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "mail"
    verbose_name = "Courriels"

    def ready(self) -> None:
        from mail import checks  # noqa: F401 - declares it
