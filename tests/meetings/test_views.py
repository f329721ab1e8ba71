from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings.actions import cancel_meeting, postpone_meeting
from meetings.models import Meeting
from meetings.queries import upcoming_meetings
from notifications.models import Event
from pages.actions import add_space_pages
from spaces.enums import Role
from tests.factories import make_animation, make_meeting, make_member, make_user

DATA = {"title": "CTT de Lille", "day": "2027-03-12", "start": "14:00", "end": "16:30", "place": "Salle A"}
ON_MEETING = ["meeting", "change", "cancel", "ics"]
WRITES = ["new", "change", "cancel"]


def url(name, meeting):
    return reverse(f"meetings:{name}", args=[meeting.space.slug if name in ("space", "new") else meeting.uuid])


# --- Denied first ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*ON_MEETING, "space", "new"])
def test_a_visitor_is_sent_to_sign_in(name, client, lille):
    response = client.get(url(name, make_meeting(lille)))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", list(Role))
def test_for_the_same_role_elsewhere_nothing_exists(role, method, client, lille, douai):
    meeting = make_meeting(lille)
    client.force_login(make_member(douai, role))
    ask = getattr(client, method)
    for name in ON_MEETING:
        closed, unknown = ask(url(name, meeting)), ask(reverse(f"meetings:{name}", args=[uuid4()]))
        assert (
            closed.status_code
            == unknown.status_code
            == (405 if method == "post" and name in ("meeting", "ics") else 404)
        )
        assert meeting.title not in closed.content.decode()
    for name in ["space", "new"]:
        closed, unknown = ask(url(name, meeting)), ask(reverse(f"meetings:{name}", args=["nulle-part"]))
        assert closed.status_code == unknown.status_code == (405 if method == "post" and name == "space" else 404)
    assert Meeting.objects.get().cancelled_at is None


@pytest.mark.parametrize("role", list(Role))
def test_calendar_and_lists_hold_nothing_of_another_space(role, client, lille, douai):
    meeting = make_meeting(lille, title="Zygomorphe", in_days=0)
    stranger = make_member(douai, role)
    client.force_login(stranger)
    for name in ["calendar", "space"]:
        address = reverse("meetings:calendar") if name == "calendar" else reverse("meetings:space", args=["douai"])
        html = client.get(address).content.decode()
        assert "Zygomorphe" not in html
        assert str(meeting.uuid) not in html
    assert upcoming_meetings(stranger) == []
    assert upcoming_meetings(stranger, lille) == []


@pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR])
@pytest.mark.parametrize("name", WRITES)
def test_inside_but_not_manager_is_refused(name, role, client, lille):
    meeting = make_meeting(lille)
    client.force_login(make_member(lille, role))
    assert client.get(url(name, meeting)).status_code == 403
    assert client.post(url(name, meeting), DATA).status_code == 403
    assert Meeting.objects.get().title == "Réunion"


def test_an_ended_mandate_closes_everything(client, lille):
    meeting, yesterday = make_meeting(lille), timezone.localdate() - timedelta(days=1)
    client.force_login(make_member(lille, Role.MANAGER, starts_on=yesterday, ends_on=yesterday))
    assert {client.get(url(name, meeting)).status_code for name in [*ON_MEETING, "space", "new"]} == {404}


def test_readers_see_no_button_that_they_may_not_press(client, lille):
    meeting = make_meeting(lille)
    for user, shown in [
        (make_member(lille), False),
        (make_member(lille, Role.MANAGER), True),
        (make_animation(), True),
    ]:
        client.force_login(user)
        html = client.get(url("meeting", meeting)).content.decode()
        assert (url("change", meeting) in html, url("cancel", meeting) in html) == (shown, shown)
        assert (url("new", meeting) in client.get(url("space", meeting)).content.decode()) is shown


def test_everybody_registered_reads_the_meetings_of_the_common_space(client, commun):
    meeting = make_meeting(commun, title="Réunion régionale", in_days=0)
    client.force_login(make_user())
    for address in [url("meeting", meeting), url("space", meeting), reverse("meetings:calendar")]:
        assert "Réunion régionale" in client.get(address).content.decode()
    assert client.get(url("ics", meeting)).status_code == 200
    assert client.get(url("new", meeting)).status_code == 403


# --- What the screens do --------------------------------------------------------------------------------------------


def test_a_manager_announces(client, lille):
    client.force_login(make_member(lille, Role.MANAGER))
    address = reverse("meetings:new", args=["lille"])
    assert client.get(address).content.decode().count("<h1") == 1
    response = client.post(address, DATA, follow=True)
    meeting = Meeting.objects.get()
    assert meeting.starts_at == datetime(2027, 3, 12, 13, tzinfo=UTC)
    assert meeting.ends_at == datetime(2027, 3, 12, 15, 30, tzinfo=UTC)
    assert response.redirect_chain == [(f"/reunions/{meeting.uuid}/", 302)]
    html = response.content.decode()
    assert "Réunion annoncée pour le vendredi 12\xa0mars 2027 à 14\xa0h." in html
    assert "Vendredi 12\xa0mars 2027, de 14\xa0h à 16\xa0h\xa030" in html


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"title": ""}, "Donnez un intitulé à la réunion."),
        ({"day": ""}, "Choisissez le jour de la réunion."),
        ({"day": "2027-02-30"}, "Écrivez le jour ainsi\xa0: 12/03/2026."),
        ({"day": "9999-12-31"}, "Choisissez une année entre 2000 et"),
        ({"day": "0001-01-01"}, "Choisissez une année entre 2000 et"),
        ({"start": "25:00"}, "Écrivez l’heure ainsi\xa0: 14:30."),
        ({"end": "14:00"}, "La fin doit suivre le début, le même jour."),
        ({"day": "2027-03-28", "start": "02:30"}, "on passe à l’heure d’été"),
        ({"day": "2027-10-31", "start": "02:30"}, "on passe à l’heure d’hiver"),
        ({"link": "ftp://visio.example/x"}, "Collez l’adresse entière, qui commence par https://."),
        ({"link": "javascript:alert(1)"}, "Collez l’adresse entière, qui commence par https://."),
        ({"place": "a\u202eb"}, "Ce texte contient un caractère invisible"),
        ({"title": "x" * 201}, "200 caractères"),
    ],
)
def test_a_wrong_form_says_what_is_wrong_and_keeps_what_was_typed(wrong, message, client, lille):
    client.force_login(make_member(lille, Role.MANAGER))
    response = client.post(reverse("meetings:new", args=["lille"]), DATA | {"description": "Mon texte"} | wrong)
    assert response.status_code == 200
    html = response.content.decode()
    assert message in html
    assert "Mon texte" in html
    assert 'aria-invalid="true"' in html
    assert Meeting.objects.count() == 0


def test_a_manager_changes_then_cancels(client, lille):
    by = make_member(lille, Role.MANAGER)
    meeting = make_meeting(lille, by=by)
    client.force_login(by)
    html = client.get(url("change", meeting)).content.decode()
    assert f'value="{timezone.localtime(meeting.starts_at):%Y-%m-%d}"' in html
    assert f'value="{timezone.localtime(meeting.starts_at):%H:%M}"' in html
    assert "Réunion modifiée." in client.post(url("change", meeting), DATA, follow=True).content.decode()
    assert "Rien n’a été changé." in client.post(url("change", meeting), DATA, follow=True).content.decode()
    assert "Annuler cette réunion" in client.get(url("cancel", meeting)).content.decode()
    html = client.post(url("cancel", meeting), follow=True).content.decode()
    assert "Réunion annulée." in html
    assert "Cette réunion n’aura pas lieu." in html
    assert url("change", meeting) not in html
    assert "rétablissez-la d’abord" in client.post(url("change", meeting), DATA).content.decode()
    assert Event.objects.count() == 3
    assert b"STATUS:CANCELLED" in client.get(url("ics", meeting)).content


def test_the_calendar_file(client, lille):
    meeting = make_meeting(lille)
    client.force_login(make_member(lille))
    response = client.get(url("ics", meeting))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    day = f"{timezone.localtime(meeting.starts_at):%Y-%m-%d}"
    assert response["Content-Disposition"] == f'attachment; filename="reunion-{day}.ics"'
    assert f"UID:{meeting.uuid}@".encode() in response.content


@pytest.mark.parametrize(
    ("shift", "cancelled", "state"),
    [(7, False, "À venir"), (0, False, "En cours"), (-3, False, "Passée"), (7, True, "Annulée")],
)
def test_the_state_is_said_in_words(shift, cancelled, state, client, lille):
    by = make_member(lille, Role.MANAGER)
    meeting = make_meeting(lille, by=by, in_days=shift)
    if not shift:  # whatever the hour: `factories.by_day`
        Meeting.objects.update(starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=1))
    if cancelled:
        cancel_meeting(meeting=meeting, by=by)
    client.force_login(by)
    assert f">{state}</span>" in client.get(url("meeting", meeting)).content.decode()


def test_script_in_every_field_is_text(client, lille):
    script = "<script>alert(1)</script>"
    meeting = make_meeting(lille, title=script, place=script, description=script, in_days=0)
    client.force_login(make_member(lille, Role.MANAGER))
    for name in ["meeting", "space", "change", "cancel"]:
        assert script not in client.get(url(name, meeting)).content.decode()
    assert script not in client.get(reverse("meetings:calendar")).content.decode()


def test_the_months_of_the_calendar(client, lille):
    start = datetime(2027, 3, 31, 21, 30, tzinfo=UTC)  # 23 h 30 on the 31st
    make_meeting(lille, title="Dernier soir", starts_at=start, ends_at=start + timedelta(minutes=20))
    make_meeting(lille, title="Premier avril", starts_at=start + timedelta(hours=1), ends_at=start + timedelta(hours=2))
    client.force_login(make_member(lille))
    march = client.get(reverse("meetings:calendar"), {"mois": "2027-03"}).content.decode()
    assert ("Dernier soir" in march, "Premier avril" in march) == (True, False)
    assert "?mois=2027-02" in march
    assert "?mois=2027-04" in march
    for text in ["x", "9999-99", "\x00", "2027-03" * 500]:
        assert client.get(reverse("meetings:calendar"), {"mois": text}).status_code == 200


def test_the_calendar_ends_a_year_before_the_oldest_meeting_and_two_years_ahead(client, lille, douai):
    make_meeting(lille, in_days=-800)
    make_meeting(douai, in_days=-2000)
    client.force_login(make_member(lille))
    today = timezone.localdate().replace(day=1)
    oldest = (timezone.localdate() - timedelta(days=800)).replace(day=1)

    def month(first):
        return client.get(reverse("meetings:calendar"), {"mois": f"{first:%Y-%m}"})

    first, last = oldest.replace(year=oldest.year - 1), today.replace(year=today.year + 2)
    assert (month(first).status_code, 'rel="prev"' in month(first).content.decode()) == (200, False)
    assert (month(last).status_code, 'rel="next"' in month(last).content.decode()) == (200, False)
    assert month(first - timedelta(days=1)).status_code == 404
    assert month(last + timedelta(days=31)).status_code == 404
    make_meeting(lille, in_days=1200)
    assert 'rel="next"' in month(last).content.decode(), "as far as a meeting is planned"


def test_upcoming_meetings_come_soonest_first_with_the_cancelled_ones(lille, commun):
    by = make_animation()
    make_meeting(lille, by=by, title="Dans neuf jours", in_days=9)
    cancel_meeting(meeting=make_meeting(commun, by=by, title="Dans deux jours", in_days=2), by=by)
    make_meeting(lille, by=by, title="Hier", in_days=-1)
    rows = upcoming_meetings(make_member(lille))
    assert [(row.title, row.space_slug, row.is_cancelled) for row in rows] == [
        ("Dans deux jours", "commun", True),
        ("Dans neuf jours", "lille", False),
    ]
    assert [row.title for row in upcoming_meetings(by, lille, limit=1)] == ["Dans neuf jours"]


@pytest.mark.parametrize(("give_up", "word"), [(cancel_meeting, "Annulée"), (postpone_meeting, "Reportée")])
def test_homes_say_that_a_meeting_is_given_up_and_put_it_in_no_calendar(give_up, word, client, lille):
    by = make_member(lille, Role.MANAGER)
    add_space_pages(space=lille)
    meeting = make_meeting(lille, by=by)
    client.force_login(make_member(lille))
    before = client.get("/").content.decode()
    assert (word in before, reverse("meetings:ics", args=[meeting.uuid]) in before) == (False, True)
    give_up(meeting=meeting, by=by)
    coming = client.get("/").content.decode().partition("titre-a-venir")[2].partition("</section>")[0]
    assert (word in coming, reverse("meetings:ics", args=[meeting.uuid]) in coming) == (True, False)
    following = (
        client.get(lille.get_absolute_url()).content.decode().partition("titre-reunion")[2].partition("</section>")[0]
    )
    assert (word in following, meeting.title in following) == (True, True)


# --- Costs ----------------------------------------------------------------------------------------------------------


def test_lists_cost_the_same_with_two_meetings_and_forty(client, lille, django_assert_max_num_queries):
    by, reader = make_member(lille, Role.MANAGER), make_member(lille)
    client.force_login(reader)
    addresses = [reverse("meetings:space", args=["lille"]), reverse("meetings:calendar")]
    costs = []
    for many in (2, 38):
        for n in range(many):
            make_meeting(lille, by=by, title=f"Prochaine {n}", in_days=1)
            make_meeting(lille, by=by, title=f"Passée {n}", in_days=-1)
        cost = []
        for address in addresses:
            client.get(address)
            with django_assert_max_num_queries(8) as asked:
                client.get(address)
            cost.append(len(asked))
        costs.append(cost)
    assert costs[0] == costs[1]
    assert "Page 2 sur 2" in client.get(addresses[0] + "?page=2").content.decode()
