"""The box where delivery reports come back. What was read is marked so, whatever it said: an address that somebody has resumed
is not paused again by the report of yesterday."""

import logging
import mailbox
from email import message_from_bytes, policy
from pathlib import Path

from mail.actions.addresses import read_bounce

logger = logging.getLogger(__name__)


def read_bounces(path: Path) -> set[str]:
    """The addresses now paused by the reports of that Maildir or mbox that had not been read. Raises `FileNotFoundError`."""
    if not path.exists():
        raise FileNotFoundError(path)
    box: mailbox.Maildir | mailbox.mbox = (mailbox.Maildir if path.is_dir() else mailbox.mbox)(path, create=False)
    read = "S" if path.is_dir() else "R"
    box.lock()
    try:
        paused = {_read(box, key, read) for key, message in box.items() if read not in message.get_flags()}
        box.flush()
    finally:
        box.close()  # and unlocks
    return paused - {""}


def _read(box: mailbox.Maildir | mailbox.mbox, key: str, read: str) -> str:
    address = ""
    try:
        address = read_bounce(message_from_bytes(box.get_bytes(key), policy=policy.default))
    except Exception:  # whatever a stranger has written to that box, the next report is read
        logger.exception("Report %s could not be read", key)
    message = box[key]
    message.add_flag(read)
    if isinstance(message, mailbox.MaildirMessage):
        message.set_subdir("cur")
    box[key] = message
    return address
