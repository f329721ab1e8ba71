"""Wagtail's admin, as a manager of spaces finds it: fewer entries, every list confined, nothing that leads to a closed
door. What refuses is `admin_doors.py`; this keeps the screens from offering it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.action_menu import UnpublishMenuItem
from wagtail.admin.admin_url_finder import ModelAdminURLFinder, register_admin_url_finder
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea
from wagtail.admin.ui.components import Component
from wagtail.admin.views.pages.listing import ExplorableIndexView, GenericPageFilterSet
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.images import get_image_model
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.models import Page

from pages.choosable import choosable_documents, choosable_images
from pages.models import AnnouncementIndexPage, AnnouncementPage, SpacePage
from pages.queries import browsable_pages
from spaces import policy
from spaces.models import Space

# --- Lists and choosers ---------------------------------------------------------------------------------------------


@hooks.register("construct_page_chooser_queryset")
def confine_page_chooser(pages: Any, request: HttpRequest) -> Any:
    return pages if request.user.is_superuser else pages.filter(pk__in=browsable_pages(request.user).values("pk"))


@hooks.register("construct_explorer_page_queryset")
def confine_explorer(parent_page: Page, pages: Any, request: HttpRequest) -> Any:
    return pages if request.user.is_superuser else pages.filter(pk__in=browsable_pages(request.user).values("pk"))


@hooks.register("construct_document_chooser_queryset")
def confine_document_chooser(documents: Any, request: HttpRequest) -> Any:
    """For superusers too: a document in the trash is in nobody's page."""
    return documents.filter(pk__in=choosable_documents(request.user).values("pk"))


@hooks.register("construct_image_chooser_queryset")
def confine_image_chooser(images: Any, request: HttpRequest) -> Any:
    return images if request.user.is_superuser else images.filter(pk__in=choosable_images(request.user).values("pk"))


class SpacePageFilterSet(GenericPageFilterSet):
    """Without the lists of owners and editors, which name everybody who ever wrote anywhere."""

    owner = None
    edited_by = None
    site = None


class SpacePagesIndexView(ExplorableIndexView):
    base_columns = [column for column in ExplorableIndexView.base_columns if column.name != "bulk_actions"]
    base_filterset_class = SpacePageFilterSet


class ImageFinder(ModelAdminURLFinder):
    """« Edit this image » leads to a closed door."""

    edit_url_name = "wagtailimages:edit"
    permission_policy = image_policy

    def get_edit_url(self, instance: Any) -> str | None:
        return super().get_edit_url(instance) if self.user is not None and self.user.is_superuser else None


class SpacePagesViewSet(PageViewSet):
    model = Page
    index_view_class = SpacePagesIndexView
    filterset_class = SpacePageFilterSet

    def on_register(self) -> None:
        super().on_register()
        register_admin_url_finder(get_image_model(), ImageFinder)


@hooks.register("register_admin_viewset", order=100)
def register_space_pages_viewset() -> SpacePagesViewSet:
    return SpacePagesViewSet()


# --- Menus, panels and buttons --------------------------------------------------------------------------------------


@hooks.register("construct_main_menu", order=1000)
def shorten_main_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    if not request.user.is_superuser:
        items[:] = [
            MenuItem("Pages", reverse("wagtailadmin_explore_root"), name="pages", icon_name="folder-open-inverse")
        ]
    items.append(MenuItem("Retour à l’extranet", "/", name="extranet", icon_name="home", order=10_000))


@hooks.register("construct_search", order=1000)
def shorten_search(request: HttpRequest, areas: list[SearchArea]) -> None:
    if not request.user.is_superuser:
        areas[:] = [area for area in areas if area.url == reverse("wagtailadmin_pages:search")]


class SpacesPanel(Component):
    """Where to go from the first screen: the pages of each space managed."""

    name = "spaces"
    template_name = "wagtailadmin/home/spaces.html"
    order = 10

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        managed = policy.reader_of(parent_context["request"].user).managed_ids
        spaces = Space.objects.filter(pk__in=managed, page__isnull=False).select_related("page")
        return {"spaces": spaces}


@hooks.register("construct_homepage_panels", order=1000)
def replace_home_panels(request: HttpRequest, panels: list[Component]) -> None:
    """Wagtail's panels remember pages of spaces that one has left since, and count the whole tree."""
    if not request.user.is_superuser:
        panels[:] = []
    panels.append(SpacesPanel())


@hooks.register("construct_homepage_summary_items", order=1000)
def drop_summary(request: HttpRequest, items: list[Component]) -> None:
    if not request.user.is_superuser:
        items[:] = []


@hooks.register("before_edit_page")
def say_why_it_cannot_be_published(request: HttpRequest, page: Page) -> None:
    """The button is missing then (`AnnouncementPermissionTester`): a draft may be kept."""
    if request.method == "GET" and isinstance(page, AnnouncementPage) and (refusal := page.refusal(request.user)):
        messages.warning(request, refusal)


@hooks.register("construct_page_action_menu")
def keep_structure_published(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    if isinstance(context.get("page"), SpacePage | AnnouncementIndexPage):
        items[:] = [item for item in items if not isinstance(item, UnpublishMenuItem)]
