"""What `manage.py check --deploy` asks of the machine."""

from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register

from documents.sandbox import NotStartedError, Worker


@register(Tags.security, deploy=True)
def files_are_opened_apart(**kwargs: Any) -> list[CheckMessage]:
    """A machine may not hold back the process that opens strangers' files; the site works all the same, and says so."""
    try:
        with Worker() as worker:
            missing = worker.missing()
    except NotStartedError:
        return [Warning("The process that opens deposited files does not start.", id="documents.W001")]
    if not missing:
        return []
    words = f"The process that opens deposited files is not kept away from: {', '.join(missing)}."
    hint = "It needs a kernel with seccomp (network) and Landlock (neighbours), and a container that allows them."
    return [Warning(words, hint=f"{hint} See docs/adr/012.", id="documents.W002")]
