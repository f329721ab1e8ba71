"""The five main mails as people see them, to be looked at: on a wide screen and on a telephone, light and dark. Part of
`make screenshots`; pictures land in var/mails/, and are not kept."""

import os
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.chromium import ARGUMENTS, CHROMIUM

PICTURES = Path(__file__).resolve().parent.parent / "var" / "mails"
WIDTHS = 600, 375


def words() -> dict[str, str]:
    """The HTML of each, from the world of the tests, in a database made for this run."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "extranet.settings.test"}
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("REDIS_URL", None)
    import django

    django.setup()
    from django.db import connection, transaction

    from tests import mails, world

    connection.creation.create_test_db(verbosity=0)
    with transaction.atomic():  # nothing leaves: what has left has forgotten its words
        return {name: mail.html for name, mail in mails.main_ones(mails.of_the_world(world.build())).items()}


def main() -> None:
    found = words()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for theme in ("light", "dark"):
            for width in WIDTHS:
                page = browser.new_page(viewport={"width": width, "height": 400}, color_scheme=theme)
                for name, html in found.items():
                    page.set_content(html)
                    page.screenshot(path=PICTURES / f"{name}-{width}-{theme}.png", full_page=True)
                page.close()
        browser.close()
    print(PICTURES)


if __name__ == "__main__":
    main()
