"""What the site has sent, for the regional animation: to whom, about what, in which state. Never the words."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mail import queries as mail
from mail.enums import State
from notifications import actions
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space

PER_PAGE = 50


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    policy.require(request.user, Ability.MANAGE_REGION)
    text, state = request.GET.get("q", "")[:100].replace("\x00", ""), request.GET.get("etat", "")
    page = Paginator(mail.archive(text, state), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "q": text, "state": state, "states": State.choices, "paused": mail.paused()}
    return render(request, "notifications/mails.html", context)


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Somebody has looked at why the address refused. From the archive, or from the list of the members of a space."""
    address, slug = request.POST.get("address", ""), request.POST.get("space", "")
    resumed = actions.resume_mail(by=request.user, address=address)
    if not resumed:
        raise Http404
    messages.success(request, f"Les courriels repartent vers {address}.")
    space = Space.objects.visible_to(request.user).filter(slug=slug).first()
    return redirect("spaces:members", slug=space.slug) if space else redirect("notifications:mails")


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """The relay, or the address, has been mended. Back to the list as it was filtered."""
    if actions.retry_mail(by=request.user, mail_id=pk):
        messages.success(request, "Le message repart\u00a0: son état se lit ici dans une minute.")
    else:
        messages.info(request, "Ce message est déjà reparti, ou ne peut plus l’être\u00a0: son état se lit ici.")
    return redirect(f"{reverse('notifications:mails')}?{request.GET.urlencode()}")
