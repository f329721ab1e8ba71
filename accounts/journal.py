"""The audit log's entries, written as Wagtail's own `log` writes them and read on its screens, less two queries: its model asks the
database anew whether the object's type and the person exist, which the row just written and the session have answered."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone
from wagtail.log_actions import get_active_log_context, registry
from wagtail.models import ModelLogEntry

from accounts.models import User


def log(instance: Model | None, action: str, *, user: User | None = None, data: dict[str, Any] | None = None) -> None:
    """Note what was done to a row that is not a page, by `user` (nobody: by the site itself, or by whoever is at work in Wagtail).
    Raises `ValueError` when the row is not saved, or the action has no words in a room's `wagtail_hooks`. One query."""
    if instance is None or instance.pk is None:
        raise ValueError(f"{action} is said of a row that does not exist.")
    if not registry.action_exists(action):
        raise ValueError(f"The log action {action} is not registered.")
    context = get_active_log_context()
    entry = ModelLogEntry(
        content_type=ContentType.objects.get_for_model(instance, for_concrete_model=False),
        object_id=str(instance.pk),
        label=ModelLogEntry.objects.get_instance_title(instance),
        action=action,
        timestamp=timezone.now(),
        uuid=context.uuid,
        user=user or context.user,
        data=data or {},
    )
    ModelLogEntry.objects.bulk_create([entry])


def last_doer(instance: Model, action: str, **data: Any) -> User | None:
    """Who last did that to the row, `data` being what was noted of it; None when nobody has, or their account is gone. One query."""
    content_type = ContentType.objects.get_for_model(instance, for_concrete_model=False)
    done = ModelLogEntry.objects.filter(content_type=content_type, object_id=str(instance.pk), action=action)
    noted = {f"data__{name}": value for name, value in data.items()}
    entry = done.filter(**noted).select_related("user").order_by("-timestamp", "-pk").first()
    return entry.user if entry else None
