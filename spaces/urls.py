"""Addresses of the room. Included at the root of the site."""

from django.urls import path

from spaces.views import lists, mandates, region, requests

app_name = "spaces"

urlpatterns = [
    path("espaces/", lists.space_list, name="list"),
    path("espaces/<slug:slug>/acces/", lists.who_can_see, name="who_can_see"),
    path("espaces/<slug:slug>/membres/", lists.members, name="members"),
    path("espaces/<slug:slug>/membres/inviter/", mandates.invite, name="invite"),
    path("espaces/<slug:slug>/membres/<int:pk>/modifier/", mandates.change_membership, name="change_membership"),
    path("espaces/<slug:slug>/membres/<int:pk>/mettre-fin/", mandates.end_membership, name="end_membership"),
    path("espaces/<slug:slug>/membres/<int:pk>/relancer/", mandates.resend_invitation, name="resend_invitation"),
    path(
        "espaces/<slug:slug>/membres/<int:pk>/retirer-invitation/",
        mandates.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("inviter/", mandates.invite, name="invite_anywhere"),
    path("ce-que-je-peux-voir/", lists.what_i_can_see, name="what_i_can_see"),
    path("demander-un-acces/", requests.request_access, name="request_access"),
    path("demander-un-acces/merci/", requests.access_requested, name="access_requested"),
    path("demandes-acces/", requests.access_requests, name="access_requests"),
    path("demandes-acces/<int:pk>/refuser/", requests.decline_request, name="decline_request"),
    path("animation/", region.animation, name="animation"),
    path("animation/<int:pk>/mettre-fin/", region.end_animation, name="end_animation"),
    path("comptes/", region.accounts, name="accounts"),
    path("comptes/<int:pk>/", region.account, name="account"),
    path("comptes/<int:pk>/desactiver/", region.deactivate_account, name="deactivate_account"),
    path("comptes/<int:pk>/rouvrir/", region.reactivate_account, name="reactivate_account"),
]
