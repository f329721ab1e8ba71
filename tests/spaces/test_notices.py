"""The mail to somebody whose mandate another person has changed or ended."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from directory.models import Structure
from mail.models import OutgoingMail
from spaces import actions
from spaces.actions import Invitee
from spaces.enums import Role
from spaces.models import AnimationMandate, Membership, Space
from tests.factories import make_animation, make_member, make_user

NBSP = "\u00a0"


@pytest.fixture
def manager(lille: Space) -> User:
    return make_member(lille, Role.MANAGER, user=make_user("ada@test.example", first_name="Ada", last_name="Lovelace"))


@pytest.fixture
def mandate(lille: Space) -> Membership:
    user = make_user("zoe@test.example", first_name="Zoé", last_name="Zanzibar")
    return Membership.objects.get(user=make_member(lille, user=user, starts_on=date(2026, 1, 1)))


def change(mandate: Membership, by: User, **fields: object) -> None:
    values = {name: getattr(mandate, name) for name in ("role", "function", "structure", "starts_on", "ends_on")}
    actions.change_membership(membership=mandate, by=by, **{**values, **fields})


def the_mail() -> OutgoingMail:
    mail = OutgoingMail.objects.get()
    mail.text = mail.text.replace(NBSP, " ")
    return mail


def test_a_change_says_by_whom_and_what(mandate, manager):
    pij = Structure.objects.create(name="PIJ de Lille")
    change(mandate, manager, role=Role.CONTRIBUTOR, structure=pij, ends_on=date(2100, 3, 1))
    mail = the_mail()
    assert (mail.to, mail.reply_to) == ("zoe@test.example", "ada@test.example")
    assert mail.subject == "Votre mandat dans l’espace Lille a changé"
    assert mail.text.startswith(
        "Bonjour Zoé,\n\n"
        "Ada Lovelace (ada@test.example) a modifié votre mandat dans l’espace « Lille » :\n"
        "- Rôle : contributeur (auparavant : lecteur)\n"
        "- Structure représentée : PIJ de Lille (auparavant : aucune)\n"
        "- Fin : 1er mars 2100 (auparavant : sans terme fixé)\n\n"
        "Ce mandat vous permet de :\n"
        "- lire les documents, les réunions et les annonces\n"
        "- voir qui en est membre\n"
        "- déposer des documents\n"
    )
    assert "/espaces/lille/" in mail.text
    assert "<strong>contributeur</strong>" in mail.html


def test_what_reads_the_same_is_not_announced(mandate, manager):
    change(mandate, manager)
    assert not OutgoingMail.objects.exists()


def test_an_end_says_that_the_space_is_closed(mandate, manager):
    actions.end_membership(membership=mandate, by=manager)
    mail = the_mail()
    assert (mail.to, mail.reply_to) == ("zoe@test.example", "ada@test.example")
    assert mail.subject == "Votre mandat dans l’espace Lille a pris fin"
    assert "Ada Lovelace (ada@test.example) a mis fin à votre mandat dans l’espace « Lille »." in mail.text
    assert "Vous n’avez plus accès à cet espace" in mail.text


def test_the_end_of_a_mandate_in_a_space_open_to_all_says_what_is_left(commun):
    manager, member = make_member(commun, Role.MANAGER), make_member(commun, Role.CONTRIBUTOR)
    actions.end_membership(membership=Membership.objects.get(user=member), by=manager)
    text = the_mail().text
    assert "Vous pouvez encore, dans cet espace :\n- lire" in text
    assert "déposer" not in text
    assert "plus accès" not in text


def test_one_is_not_told_what_one_does_oneself(lille, manager):
    successor = make_member(lille, Role.MANAGER)
    mine = Membership.objects.get(user=manager)
    change(mine, manager, function="coordinatrice")
    actions.end_membership(membership=mine, by=manager)
    assert not OutgoingMail.objects.exists()
    assert successor.pk


def test_nothing_is_said_of_what_is_refused(mandate, manager, douai):
    with pytest.raises(ValidationError):
        change(Membership.objects.get(user=manager), make_animation(), role=Role.READER)
    assert not OutgoingMail.objects.exists()


def test_nothing_is_said_to_a_closed_account(mandate, manager):
    User.objects.filter(pk=mandate.user_id).update(is_active=False)
    actions.end_membership(membership=mandate, by=manager)
    assert not OutgoingMail.objects.exists()


def test_a_withdrawn_invitation_is_not_announced(lille, manager):
    people = [Invitee("neuf@test.example")]
    (user,) = actions.invite(by=manager, people=people, spaces=[lille], role=Role.READER).invited
    OutgoingMail.objects.all().delete()
    actions.withdraw_invitation(membership=Membership.objects.get(user=user), by=manager)
    assert not OutgoingMail.objects.exists()


def test_a_regional_mandate_that_ends(db):
    stays, leaves = make_animation(), make_animation()
    actions.end_animation(mandate=AnimationMandate.objects.get(user=leaves), by=stays)
    mail = the_mail()
    assert (mail.to, mail.subject) == (leaves.email, "Votre mandat d’animation régionale a pris fin")
    assert "Vos mandats dans les espaces, si vous en avez, ne changent pas." in mail.text


def test_what_ran_out_by_itself_was_announced_already(mandate):
    Membership.objects.filter(pk=mandate.pk).update(ends_on=timezone.localdate() - timezone.timedelta(days=1))
    actions.close_mandates()
    assert not OutgoingMail.objects.exists()
