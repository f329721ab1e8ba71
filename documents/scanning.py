"""The antivirus: clamd, over its own protocol, when `CLAMD_ADDRESS` names one. It tells viruses; a zip bomb it calls clean
(measured), hence the limits of `confined.py`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import clamd
from django.conf import settings

from documents.enums import NOT_LOOKED_AT, ScanState
from documents.models.works import Scan

if TYPE_CHECKING:
    from accounts.models import User

SECONDS = 120
"""Without an answer for so long, clamd is away."""


class ScannerAwayError(Exception):
    """No verdict now: the file waits."""


class TooLargeError(Exception):
    """More than clamd takes (its `StreamMaxLength`): there will be no verdict."""


def is_configured() -> bool:
    return bool(settings.CLAMD_ADDRESS)


def answers() -> bool:
    try:
        with _client() as client:
            return client.ping() == "PONG"
    except (clamd.ClamdError, OSError):
        return False


def may_take(user: "User", *, scan_state: str | None, depositor_id: int | None) -> bool:
    """Whether somebody who reads the document may have its bytes, as far as the antivirus is concerned: nobody takes what is
    infected, and only its depositor what has not been looked at yet, or could not be."""
    if scan_state in NOT_LOOKED_AT:
        return depositor_id is not None and depositor_id == user.pk
    return scan_state != ScanState.INFECTED


def states_of(fingerprints: Iterable[str]) -> dict[str, ScanState]:
    """By fingerprint, what is said of those that not everybody may take. One query; none without an antivirus."""
    if not is_configured():
        return {}
    held = Scan.objects.filter(sha256__in=fingerprints).exclude(state=ScanState.CLEAN).order_by()
    return {sha256: ScanState(state) for sha256, state in held.values_list("sha256", "state")}


def signature_in(path: str) -> str | None:
    """The name of the virus found in the file, or None. Raises `TooLargeError` when clamd says so, `ScannerAwayError` when it
    does not answer, hangs up, or when the file cannot be read."""
    try:
        with open(path, "rb") as file, _client() as client:
            verdict, name = client.instream(file)["stream"]
    except clamd.BufferTooLongError as error:
        raise TooLargeError from error
    except (clamd.ClamdError, OSError, ValueError, KeyError, TypeError) as error:  # TypeError: it said nothing
        raise ScannerAwayError(str(error)) from error
    if verdict == "FOUND":
        return name or "sans nom"
    if verdict == "OK":
        return None
    raise ScannerAwayError(f"{verdict} {name}")


@contextmanager
def _client() -> Iterator[clamd.ClamdNetworkSocket]:
    """`tcp://host:3310` or `unix:///run/clamd.sock`. The library leaves its socket open when nobody answers: it is closed."""
    address = urlsplit(settings.CLAMD_ADDRESS)
    if address.scheme == "unix":
        client = clamd.ClamdUnixSocket(path=address.path, timeout=SECONDS)
    else:
        client = clamd.ClamdNetworkSocket(host=address.hostname, port=address.port or 3310, timeout=SECONDS)
    try:
        yield client
    finally:
        if hasattr(client, "clamd_socket"):
            client.clamd_socket.close()
