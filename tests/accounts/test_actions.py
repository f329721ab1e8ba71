"""Invitations: what they give, and the ways they must not be used."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import actions, queries
from accounts.models import Invitation, User, token_hash
from mail.models import OutgoingMail
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def invite(email="nadia@test.example", by=None, **fields):
    return actions.invite_account(email=email, granted=["Lille, en tant que lectrice"], by=by, **fields)


def last_token() -> str:
    text = OutgoingMail.objects.order_by("-pk").values_list("text", flat=True).first()
    return re.search(r"/compte/invitation/([^/\s]+)/", text).group(1)


def accept(token):
    return actions.accept_invitation(
        digest=token_hash(token), password=PASSWORD, first_name="Nadia", last_name="Benali"
    )


def test_a_new_person_gets_a_link_of_256_bits_whose_hash_alone_is_kept():
    by = make_user()
    user = invite(by=by, email="  Nadia@Test.Example ")
    token = last_token()
    mail = OutgoingMail.objects.get()
    assert len(token) == 43
    assert user.invitation.token_hash == token_hash(token) != token
    assert (user.email, user.has_usable_password()) == ("nadia@test.example", False)
    assert (mail.to, mail.reply_to, mail.holds_secret) == ("nadia@test.example", by.email, True)
    assert "Lille, en tant que lectrice" in mail.text


def test_accepting_opens_the_account_and_proves_the_address():
    user = accept((invite(), last_token())[1])
    address = EmailAddress.objects.get(user=user)
    assert (user.get_full_name(), user.check_password(PASSWORD)) == ("Nadia Benali", True)
    assert (address.email, address.verified, address.primary) == ("nadia@test.example", True, True)


def test_a_link_works_once():
    invite()
    token = last_token()
    accept(token)
    with pytest.raises(actions.InvitationUnusableError):
        actions.accept_invitation(
            digest=token_hash(token), password="autre-mot-de-passe", first_name="M", last_name="X"
        )
    assert User.objects.get().check_password(PASSWORD)


def test_sending_again_kills_the_previous_link():
    user = invite()
    old = last_token()
    actions.resend_invitation(invitation=user.invitation, by=None)
    assert queries.usable_invitation(token_hash(old)) is None
    with pytest.raises(actions.InvitationUnusableError):
        accept(old)
    assert accept(last_token()) == user


def test_a_withdrawn_link_is_dead_and_the_account_never_joined_is_closed():
    user = invite()
    token = last_token()
    actions.withdraw_invitation(invitation=user.invitation, by=None)
    user.refresh_from_db()
    assert user.is_active is False
    with pytest.raises(actions.InvitationUnusableError):
        accept(token)
    with pytest.raises(ValidationError):
        actions.resend_invitation(invitation=Invitation.objects.get(), by=None)


def test_an_accepted_invitation_cannot_be_withdrawn_or_sent_again():
    user = invite()
    accept(last_token())
    invitation = Invitation.objects.select_related("user").get()
    for act in (actions.withdraw_invitation, actions.resend_invitation):
        with pytest.raises(ValidationError):
            act(invitation=invitation, by=None)
    user.refresh_from_db()
    assert user.is_active


def test_an_expired_link_is_dead(settings):
    invite()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(actions.InvitationUnusableError):
        accept(last_token())


def test_it_lasts_as_many_days_as_the_setting_says(settings):
    settings.INVITATION_DAYS = 3
    invitation = invite().invitation
    assert invitation.expires_at - invitation.sent_at == timedelta(days=3)


def test_somebody_who_joined_is_told_and_gets_no_link():
    known = make_user("nadia@test.example")
    assert invite() == known
    assert not Invitation.objects.exists()
    assert OutgoingMail.objects.get().subject == "Vous avez accès à Lille, en tant que lectrice"


def test_inviting_again_reopens_what_a_withdrawal_closed_but_not_what_the_animation_closed():
    user = invite()
    actions.withdraw_invitation(invitation=user.invitation, by=None)
    assert invite().is_active
    closed = make_user("ferme@test.example", is_active=False)
    with pytest.raises(ValidationError):
        invite("ferme@test.example")
    closed.refresh_from_db()
    assert closed.is_active is False


def test_an_invited_person_cannot_take_an_address_that_another_account_merely_asked_for():
    other = make_user()
    EmailAddress.objects.create(user=other, email="nadia@test.example", verified=False, primary=False)
    invite()
    user = accept(last_token())
    assert list(EmailAddress.objects.filter(email="nadia@test.example").values_list("user", "verified")) == [
        (user.pk, True)
    ]


@pytest.mark.parametrize("name", ["Nadia\r\nBcc: x@test.example", "Nadia\x00", "Na\u202edia", "Na\u2028dia"])
def test_a_name_holds_no_invisible_character(name):
    with pytest.raises(ValidationError):
        invite(first_name=name)
    with pytest.raises(ValidationError):
        actions.change_profile(user=make_user(), first_name=name, last_name="Benali", phone="")
