from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

register = template.Library()


@register.simple_tag(takes_context=True)
def proconnect_url(context: template.Context) -> str:
    """Where « S’identifier avec ProConnect » leads; empty where it is not configured. Keeps `next`."""
    if not settings.PROCONNECT_CLIENT_ID:
        return ""
    url = reverse("openid_connect_login", kwargs={"provider_id": "proconnect"})
    destination = context["request"].GET.get("next")
    return f"{url}?{urlencode({'next': destination})}" if destination else url
