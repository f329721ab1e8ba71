"""The one query of a search, as PostgreSQL means to run it: over 100,000 documents a loop in a loop took ten seconds, and nothing
but its plan tells it from what takes fifty milliseconds in a small world."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from search.queries import Filters, search
from tests.factories import make_member
from tests.search.test_queries import plant

pytestmark = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite says little of how it joins")

HITS = {"matched", "kept"}
"""The tables of all that was found, of whose size PostgreSQL knows nothing."""


def plan_of(sql: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (VERBOSE, FORMAT JSON) {sql}")
        return cursor.fetchone()[0][0]["Plan"]


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for step in plan.get("Plans", []):
        yield from steps(step)


def scans_hits(plan: dict[str, Any]) -> bool:
    return any(step.get("CTE Name") in HITS for step in steps(plan))


def repeated(plan: dict[str, Any]) -> list[str]:
    """The steps that would go through the hits again for each row of another; the counts are one row."""
    hashed = set(re.findall(r"hashed (SubPlan \d+)", json.dumps(plan)))
    again = []
    for step in steps(plan):
        inside = {inner["Parent Relationship"]: inner for inner in step.get("Plans", [])}
        if step["Node Type"] == "Nested Loop" and inside["Outer"].get("Strategy") != "Plain":
            again += ["Nested Loop"] * scans_hits(inside["Inner"])
        for inner in step.get("Plans", []):
            if inner["Parent Relationship"] == "SubPlan" and inner["Subplan Name"] not in hashed:
                again += [inner["Subplan Name"]] * scans_hits(inner)
    return again


@pytest.mark.parametrize("filters", [{}, {"format": "pdf"}, {"space": "lille", "year": "2026"}])
def test_what_was_found_is_never_gone_through_for_each_of_its_rows(filters, lille) -> None:
    for number in range(50):
        plant(lille, f"Rapport {number}", extension="pdf")
    reader = make_member(lille)
    with CaptureQueriesContext(connection) as queries:
        search(reader, "rapport", Filters(**filters))
    plan = plan_of(queries[-1]["sql"])
    assert scans_hits(plan)
    assert repeated(plan) == []
