"""Two managers who leave at the same moment: one of them is told to name a successor."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from spaces import actions
from spaces.enums import Role
from spaces.models import Membership
from tests.factories import make_member, make_space


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time")
def test_two_managers_leaving_at_once_leave_one_behind():
    space = make_space("lille")
    managers = [make_member(space, Role.MANAGER) for _ in range(2)]
    mandates = [Membership.objects.get(user=user) for user in managers]
    ready = threading.Barrier(2, timeout=20)
    refused = []

    def leave(mandate, user):
        try:
            ready.wait()
            actions.end_membership(membership=mandate, by=user)
        except ValidationError as error:
            refused.append(error.messages)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=leave, args=pair) for pair in zip(mandates, managers, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Membership.objects.in_force().filter(space=space, role=Role.MANAGER).count() == 1
