"""The health check."""

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client


@pytest.mark.django_db
def test_health(client: Client) -> None:
    response = client.get("/sante/")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "database": "ok", "cache": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_health_when_the_database_is_away(client: Client) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("secret host")

    with connection.execute_wrapper(refuse):
        response = client.get("/sante/")
    assert (response.status_code, response.json()) == (503, {"status": "degraded", "database": "away", "cache": "ok"})
    assert cache.get("sante") is None
