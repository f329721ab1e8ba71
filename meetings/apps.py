from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = "Réunions"

    def ready(self) -> None:
        from accounts import feeds, personal_data
        from mail import gates
        from meetings import (
            leaving,
            notifications,  # noqa: F401 - declares its classes
            succession,
        )
        from meetings.actions import index_all
        from meetings.actions.minutes import index_all_minutes
        from meetings.feeds import CALENDAR
        from meetings.guard import keep_minutes
        from meetings.queries import created_by, invitations_of, poll_answers_of, seats_of
        from search.registry import register
        from spaces.succession import register as register_succession
        from spaces.triggers import set_aside

        register(index_all)
        register(index_all_minutes)
        personal_data.register("Réunions annoncées", created_by)
        personal_data.register("Instances où vous siégez", seats_of)
        personal_data.register("Convocations reçues", invitations_of)
        personal_data.register("Dates proposées, et vos réponses", poll_answers_of)
        feeds.register(CALENDAR)
        gates.register(leaving.GATE, leaving.refused_mail)
        register_succession("meetings", succession.held_by, succession.hand_over)
        pre_migrate.connect(set_aside, sender=self, dispatch_uid="meetings.triggers")
        post_migrate.connect(keep_minutes, sender=self, dispatch_uid="meetings.minutes")
