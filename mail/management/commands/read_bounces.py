import mailbox
from email import message_from_bytes, policy
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mail.actions import read_bounce


class Command(BaseCommand):
    help = (
        "Lit les rapports de non-remise d’une boîte (Maildir ou mbox) et met en pause les adresses qui n’existent plus."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="Dossier Maildir, ou fichier mbox.")

    def handle(self, *, path: Path, **options: object) -> None:
        if not path.exists():
            raise CommandError(f"{path} n’existe pas.")
        box = mailbox.Maildir(path, create=False) if path.is_dir() else mailbox.mbox(path, create=False)
        paused = set()
        for key in box.keys():  # noqa: SIM118 - a mailbox iterates over its messages
            message = message_from_bytes(box.get_bytes(key), policy=policy.default)
            paused.add(read_bounce(message))
        paused.discard("")
        for address in sorted(paused):
            self.stdout.write(f"En pause : {address}")
        self.stdout.write(f"{len(box)} message(s) lu(s), {len(paused)} adresse(s) en pause.")
