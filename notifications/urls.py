"""Addresses of the room. Included at the root of the site."""

from django.urls import path

from notifications import bell, feeds
from notifications.views import choices, mails, notices

app_name = "notifications"

urlpatterns = [
    path("notifications/", notices.notice_list, name="list"),
    path("notifications/tout-lu/", notices.mark_all_read, name="mark_all_read"),
    path("notifications/<int:pk>/lu/", notices.mark_read, name="mark_read"),
    path("notifications/suivre/", choices.follow, name="follow"),
    path("notifications/cloche/", bell.bell, name="bell"),
    path("flux/<str:token>/", feeds.feed, name="feed"),
    path("flux/<str:token>/<slug:slug>/", feeds.feed, name="space_feed"),
    path("espaces/<slug:slug>/activite/", notices.space_activity, name="space"),
    path("compte/notifications/", choices.preferences, name="preferences"),
    path("compte/notifications/rythme/", choices.rhythm, name="rhythm"),
    path("compte/notifications/exceptions/", choices.add_exception, name="add_exception"),
    path("compte/notifications/exceptions/<int:pk>/retirer/", choices.remove_exception, name="remove_exception"),
    path("courriels/", mails.archive, name="mails"),
    path("courriels/reprendre/", mails.resume, name="resume_address"),
    path("courriels/<int:pk>/reessayer/", mails.retry, name="retry_mail"),
    path("courriels/desabonnement/<str:token>/", choices.unsubscribe, name="unsubscribe"),
]
