"""What may be done with a message: write it down, send it, take it back; and with an address that refuses."""

from mail.actions.addresses import pause_address, read_bounce, resume_address
from mail.actions.mailboxes import read_bounces
from mail.actions.queue import Letter, Words, purge_mail, queue_letters, queue_mail, recall, render, retry_mail
from mail.actions.sending import MAX_ATTEMPTS, deliver, deliver_batch
from mail.models import FORGOTTEN

__all__ = [
    "FORGOTTEN",
    "MAX_ATTEMPTS",
    "Letter",
    "Words",
    "deliver",
    "deliver_batch",
    "pause_address",
    "purge_mail",
    "queue_letters",
    "queue_mail",
    "read_bounce",
    "read_bounces",
    "recall",
    "render",
    "resume_address",
    "retry_mail",
]
