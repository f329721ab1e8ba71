"""Requests for access: who is told, who answers, and what a machine gets."""

import pytest

from directory.models import Territory
from mail.models import OutgoingMail
from spaces import actions
from spaces.enums import Role, SpaceKind
from spaces.models import AccessRequest, AccessRequestState, Membership, Space
from tests.factories import make_animation, make_member, make_user


@pytest.fixture
def territory(db: None) -> Territory:
    return Territory.objects.create(slug="lens", name="Lens-Liévin")


@pytest.fixture
def lens(territory: Territory) -> Space:
    return actions.open_space(slug="lens", name="Lens-Liévin", kind=SpaceKind.TERRITORY, territory=territory)


ASK = {"first_name": "Ada", "last_name": "Martin", "email": "ada@test.example", "structure_name": "PIJ"}


def test_a_request_waits_for_the_managers_of_its_territory_alone(lens, territory, douai, client):
    manager, stranger, c2rp = make_member(lens, Role.MANAGER), make_member(douai, Role.MANAGER), make_animation()
    assert client.post("/demander-un-acces/", {**ASK, "territory": territory.pk}).status_code == 302
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == [manager.email]
    request = AccessRequest.objects.get()
    decline = f"/demandes-acces/{request.pk}/refuser/"
    accept = f"/inviter/?demande={request.pk}"
    client.force_login(stranger)
    assert "Martin" not in client.get("/demandes-acces/").content.decode()
    assert [client.get(decline).status_code, client.post(decline, {"note": "non"}).status_code] == [404, 404]
    assert client.get(accept).status_code == 404
    client.force_login(make_member(lens, Role.CONTRIBUTOR))
    assert [client.get("/demandes-acces/").status_code, client.get(decline).status_code] == [403, 403]
    for who in (manager, c2rp):
        client.force_login(who)
        assert "Martin" in client.get("/demandes-acces/").content.decode()


def test_a_regional_request_waits_for_the_animation_alone(lens, client):
    manager, c2rp = make_member(lens, Role.MANAGER), make_animation()
    client.post("/demander-un-acces/", ASK)
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == [c2rp.email]
    client.force_login(manager)
    assert "Martin" not in client.get("/demandes-acces/").content.decode()


def test_accepting_is_inviting(lens, territory, client):
    client.post("/demander-un-acces/", {**ASK, "territory": territory.pk, "function": "référente"})
    request = AccessRequest.objects.get()
    client.force_login(make_member(lens, Role.MANAGER))
    address = f"/espaces/lens/membres/inviter/?demande={request.pk}"
    assert 'value="ada@test.example"' in client.get(address).content.decode()
    client.post(address, {"email": "ada@test.example", "spaces": lens.pk, "role": 10})
    request.refresh_from_db()
    assert request.state == AccessRequestState.ACCEPTED
    assert Membership.objects.filter(user__email="ada@test.example", space=lens).exists()
    assert client.get(address).status_code == 404


def test_declining_sends_the_word(lens, territory, client):
    client.post("/demander-un-acces/", {**ASK, "territory": territory.pk})
    request = AccessRequest.objects.get()
    client.force_login(make_member(lens, Role.MANAGER))
    client.post(f"/demandes-acces/{request.pk}/refuser/", {"note": "Adressez-vous à votre tête de réseau."})
    request.refresh_from_db()
    assert request.state == AccessRequestState.DECLINED
    assert "tête de réseau" in OutgoingMail.objects.get(to="ada@test.example").text


def test_the_answer_is_the_same_for_a_known_address_a_repeated_one_and_a_machine(db, client):
    make_animation()
    known = make_user()
    seen = []
    for data in (ASK, {**ASK, "email": known.email}, ASK, {**ASK, "email": "m@test.example", "website": "http://x"}):
        response = client.post("/demander-un-acces/", data)
        seen.append((response.status_code, response.headers["Location"]))
    assert len(set(seen)) == 1
    assert AccessRequest.objects.count() == 2


def test_the_sixth_request_of_the_hour_is_refused(db, client):
    for n in range(5):
        assert client.post("/demander-un-acces/", {**ASK, "email": f"p{n}@test.example"}).status_code == 302
    response = client.post("/demander-un-acces/", {**ASK, "email": "p6@test.example"})
    assert response.status_code == 429
    assert 'value="p6@test.example"' in response.content.decode()
