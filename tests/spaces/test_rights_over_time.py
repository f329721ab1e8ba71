"""A machine that gives, changes, ends and lets mandates run out, in every order: whatever happens, the rules hold."""

import os
from datetime import date, timedelta
from unittest import mock

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.models import User
from spaces import actions, audit, policy
from spaces.actions import Invitee
from spaces.enums import Role, Visibility
from spaces.models import AnimationMandate, Membership, Space
from tests.factories import make_animation, make_space, make_user

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "8"))
"""Histories tried; each takes about a second. A nightly run may try thousands."""

REFUSALS = (PermissionDenied, Http404, ValidationError)
who = st.integers(0, 5)
where = st.integers(0, 2)
roles = st.sampled_from(list(Role))
ends = st.sampled_from([None, 0, 1, 5, 40])


class Mandates(RuleBasedStateMachine):
    """Six people, two closed spaces and an open one. The clock moves on; mandates run out by themselves."""

    @initialize()
    def begin(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.today = date(2027, 1, 4)
        self.clock = mock.patch("django.utils.timezone.localdate", new=self.now)
        self.clock.start()
        self.spaces = [make_space(f"s{n}") for n in range(2)]
        self.spaces.append(make_space("ouvert", visibility=Visibility.REGISTERED))
        self.users = [make_user(f"u{n}@test.example").pk for n in range(5)] + [make_animation().pk]
        self.granted: dict[tuple[int, int], list[tuple[Role, date | None]]] = {}
        for space in self.spaces[:1]:
            self.give(self.user(0), space, Role.MANAGER, None, None)
        self.led: set[int] = {self.spaces[0].pk}
        self.animated = True

    def now(self, *args: object) -> date:
        return self.today

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            self.clock.stop()
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def user(self, n: int) -> User:
        return User.objects.get(pk=self.users[n])

    def give(self, user: User, space: Space, role: Role, days: int | None, by: User | None) -> None:
        ends_on = None if days is None else self.today + timedelta(days=days)
        actions.grant_membership(user=user, space=space, role=role, ends_on=ends_on, by=by)

    def attempt(self, by: User, space: Space | None, role: Role, action) -> None:
        """Whoever lacks what they give is refused; the refusals leave nothing behind."""
        reader = policy.reader_of(by)
        entitled = reader.is_animation if space is None else reader.roles.get(space.pk, 0) >= Role.MANAGER
        try:
            with transaction.atomic():
                action()
        except REFUSALS:
            return
        assert entitled, "somebody gave or took what they did not manage"

    @rule(by=who, to=who, space=where, role=roles, days=ends)
    def grant(self, by, to, space, role, days):
        giver, space = self.user(by), self.spaces[space]
        self.attempt(giver, space, role, lambda: self.give(self.user(to), space, role, days, giver))

    @rule(by=who, to=who, space=where, role=roles, days=ends)
    def invite(self, by, to, space, role, days):
        giver, space = self.user(by), self.spaces[space]
        ends_on = None if days is None else self.today + timedelta(days=days)
        people = [Invitee(self.user(to).email)]
        self.attempt(
            giver,
            space,
            role,
            lambda: actions.invite(by=giver, people=people, spaces=[space], role=role, ends_on=ends_on),
        )

    @rule(by=who, to=who, space=where, role=roles, days=ends)
    def change(self, by, to, space, role, days):
        giver, space = self.user(by), self.spaces[space]
        mandate = Membership.objects.open().filter(user=self.users[to], space=space).first()
        if mandate:
            ends_on = None if days is None else self.today + timedelta(days=days)
            self.attempt(
                giver,
                space,
                role,
                lambda: actions.change_membership(
                    membership=mandate,
                    by=giver,
                    role=role,
                    function="",
                    structure=None,
                    starts_on=mandate.starts_on,
                    ends_on=ends_on,
                ),
            )

    @rule(by=who, to=who, space=where)
    def end(self, by, to, space):
        giver, space = self.user(by), self.spaces[space]
        mandate = Membership.objects.open().filter(user=self.users[to], space=space).first()
        if mandate:
            self.attempt(giver, space, Role.READER, lambda: actions.end_membership(membership=mandate, by=giver))

    @rule(by=who, to=who, days=ends)
    def animate(self, by, to, days):
        giver = self.user(by)
        ends_on = None if days is None else self.today + timedelta(days=days)
        self.attempt(
            giver,
            None,
            Role.MANAGER,
            lambda: actions.grant_animation(user=self.user(to), by=giver, ends_on=ends_on),
        )

    @rule(by=who, to=who)
    def stop_animating(self, by, to):
        giver = self.user(by)
        mandate = AnimationMandate.objects.open().filter(user=self.users[to]).first()
        if mandate:
            self.attempt(giver, None, Role.MANAGER, lambda: actions.end_animation(mandate=mandate, by=giver))

    @rule(by=who, to=who, active=st.booleans())
    def switch_account(self, by, to, active):
        giver = self.user(by)
        action = actions.reactivate_account if active else actions.deactivate_account
        self.attempt(giver, None, Role.MANAGER, lambda: action(user=self.user(to), by=giver))

    @rule(days=st.integers(1, 6))
    def time_passes(self, days):
        self.today += timedelta(days=days)
        for pk in self.users:
            policy.project_if_stale(User.objects.get(pk=pk))

    @rule()
    def daily_turn(self):
        actions.close_mandates()
        assert actions.close_mandates() == actions.ClosingReport(0, 0, 0)

    @invariant()
    def nobody_sees_a_space_without_a_mandate(self):
        if not hasattr(self, "users"):
            return
        animation = {
            mandate.user_id
            for mandate in AnimationMandate.objects.select_related("user")
            if mandate.is_in_force and mandate.user.is_active
        }
        held = {
            (mandate.user_id, mandate.space_id): mandate.role
            for mandate in Membership.objects.select_related("user")
            if mandate.is_in_force and mandate.user.is_active
        }
        for pk in self.users:
            user = User.objects.get(pk=pk)
            for space in self.spaces:
                open_to_all = Role.READER if space.visibility == Visibility.REGISTERED and user.is_active else 0
                expected = Role.MANAGER if pk in animation else max(held.get((pk, space.pk), 0), open_to_all)
                assert policy.reader_of(user).roles.get(space.pk, 0) == expected
                assert user.has_perm("spaces.manage_space", space) == (expected == Role.MANAGER)

    @invariant()
    def a_led_space_stays_led(self):
        """Space 0 was given a manager without end at the start: it has one every day since."""
        if not hasattr(self, "users"):
            return
        led = Membership.objects.in_force().filter(space=self.spaces[0], role=Role.MANAGER, user__is_active=True)
        assert led.exists()
        assert AnimationMandate.objects.in_force().filter(user__is_active=True).exists()

    @invariant()
    def the_projection_says_what_the_mandates_say(self):
        if hasattr(self, "users"):
            assert [difference.sentence for difference in audit.differences()] == []


class TestMandatesOverTime(TestCase):
    def test_the_rules_hold_in_every_order(self):
        run_state_machine_as_test(
            Mandates,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=15,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
