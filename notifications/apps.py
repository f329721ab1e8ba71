from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from accounts import feeds, personal_data
        from mail import gates
        from notifications import queries
        from notifications.actions import leaving
        from notifications.feeds import FEED

        feeds.register(FEED)
        gates.register(leaving.GATE, leaving.refused_mail, is_lasting=True)
        personal_data.register("Notifications", queries.personal_data)
