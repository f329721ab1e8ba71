"""The addresses of the site. French and stable: people's bookmarks depend on them."""

from django.urls import include, path, re_path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.urls import serve_pattern

from extranet import views
from pages.views import serve_page

handler400 = "extranet.errors.bad_request"
handler403 = "extranet.errors.permission_denied"
handler404 = "extranet.errors.page_not_found"
handler500 = "extranet.errors.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    # The rooms that are asked most come first: each address is looked for in this order.
    path("", include("documents.urls")),
    path("", include("meetings.urls")),
    path("sante/", views.health, name="health"),
    path("sante/detail/", views.health_detail, name="health_detail"),
    path("aide/", views.help_page, name="help"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("donnees-personnelles/", views.personal_data, name="personal_data"),
    path("compte/", include("accounts.urls")),
    path("", include("spaces.urls")),
    path("", include("search.urls")),
    path("", include("notifications.urls")),
    path("", include("acknowledgements.urls")),
    path("", include("panels.urls")),
    path("", include("pages.urls")),
    path("", include("directory.urls")),
    path("", include("region.urls")),
    path("gestion/", include(wagtailadmin_urls)),
    # Wagtail's pages, without its own sign-in address: it would go round the second factor.
    re_path(serve_pattern, serve_page, name="wagtail_serve"),
]
