"""Sign-in, profile and second factor, under /compte/. allauth's views that are wanted, one by one, at French addresses;
whatever is not listed here (sign-up, sign-in codes, social connections) does not exist."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from django.urls import include, path, re_path

from accounts import proconnect, views

own = [
    path("", views.profile, name="profile"),
    path("mes-donnees/", views.download_personal_data, name="personal_data"),
    path("abonnements/", views.feeds, name="feeds"),
    path("abonnements/<slug:purpose>/creer/", views.create_feed, name="create_feed"),
    path("abonnements/<int:pk>/revoquer/", views.revoke_feed, name="revoke_feed"),
    path("invitation/", views.join, name="join"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
]

sign_in = [
    path("connexion/", account.login, name="account_login"),
    path("connexion/cle/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("connexion/second-facteur/", mfa.authenticate, name="mfa_authenticate"),
    path("deconnexion/", proconnect.SignOutView.as_view(), name="account_logout"),
    path("desactive/", account.account_inactive, name="account_inactive"),
    path("inscription/", views.closed, name="account_signup"),
    path("confirmer/", account.reauthenticate, name="account_reauthenticate"),
    path("confirmer/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("confirmer/cle/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
]

address_and_password = [
    path("adresse/", account.email, name="account_email"),
    path("adresse/a-verifier/", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^adresse/verifier/(?P<key>[-:\w]+)/$", account.confirm_email, name="account_confirm_email"),
    path("mot-de-passe/", account.password_change, name="account_change_password"),
    path("mot-de-passe/choisir/", account.password_set, name="account_set_password"),
    path("mot-de-passe/oublie/", account.password_reset, name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/nouveau/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]

second_factor = [
    path("", mfa.index, name="mfa_index"),
    path("application/ajouter/", totp.activate_totp, name="mfa_activate_totp"),
    path("application/retirer/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codes/creer/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("codes/telecharger/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("cles/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("cles/ajouter/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("cles/<int:pk>/retirer/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("cles/<int:pk>/renommer/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
]

identity_provider = [
    path("retour/abandon/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("retour/echec/", social.login_error, name="socialaccount_login_error"),
    path("<slug:provider_id>/connexion/", proconnect.sign_in, name="openid_connect_login"),
    path("<slug:provider_id>/retour/", proconnect.callback, name="openid_connect_callback"),
]

urlpatterns = [
    path("", include((own, "accounts"))),
    path("", include(sign_in)),
    path("", include(address_and_password)),
    path("second-facteur/", include(second_factor)),
    path("identite/", include(identity_provider)),
]
