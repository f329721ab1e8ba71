"""The written list: every address of Wagtail's admin, by name, and what a manager of spaces may ask it for.

A test walks Wagtail's addresses and fails on a name that is missing here. Adding Wagtail's next version means reading
its new addresses and writing a line for each.
"""

from collections.abc import Mapping
from enum import Enum, auto


class Door(Enum):
    """What is checked before Wagtail's own view runs."""

    CLOSED = auto()  # for technical superusers alone
    NEVER = auto()  # for nobody: would go round the site's own sign-in, its folders, or its trash
    OPEN = auto()  # says nothing of any space
    PROFILE = auto()  # sends to the site's own profile page
    BROWSE = auto()  # a page of a managed space, or one above it in the tree
    PAGE = auto()  # a page of a managed space
    TEXT = auto()  # the same, holding a text (not « Annonces »)
    EDITORIAL = auto()  # the same, that may be taken away (not the space's home)
    SESSION = auto()  # who else is editing this page
    IMAGE = auto()  # an image of a managed space
    DOCUMENT = auto()  # a document of a managed space
    PAGES_CHOSEN = auto()  # several pages, in the query string
    IMAGES_CHOSEN = auto()
    DOCUMENTS_CHOSEN = auto()


_PAGES = {
    "wagtailadmin_explore_root": Door.OPEN,  # leads to the editor's own pages
    "wagtailadmin_explore": Door.BROWSE,
    "wagtailadmin_explore_results": Door.BROWSE,
    "wagtailadmin_pages:search": Door.OPEN,  # confined by Wagtail to what can be explored
    "wagtailadmin_pages:search_results": Door.OPEN,
    "wagtailadmin_pages:add_subpage": Door.PAGE,
    "wagtailadmin_pages:add": Door.PAGE,
    "wagtailadmin_pages:preview_on_add": Door.PAGE,
    "wagtailadmin_pages:edit": Door.TEXT,
    "wagtailadmin_pages:preview_on_edit": Door.TEXT,
    "wagtailadmin_pages:view_draft": Door.TEXT,
    "wagtailadmin_pages:history": Door.TEXT,
    "wagtailadmin_pages:history_results": Door.TEXT,
    "wagtailadmin_pages:revisions_view": Door.TEXT,
    "wagtailadmin_pages:revisions_compare": Door.TEXT,
    "wagtailadmin_pages:revisions_revert": Door.TEXT,
    "wagtailadmin_pages:revisions_unschedule": Door.TEXT,
    "wagtailadmin_pages:unpublish": Door.EDITORIAL,
    "wagtailadmin_pages:delete": Door.EDITORIAL,
    "wagtailadmin_pages:set_page_position": Door.EDITORIAL,
}

_CHOOSERS = {
    "wagtailadmin_choose_page": Door.OPEN,  # opens on the editor's own pages
    "wagtailadmin_choose_page_child": Door.BROWSE,
    "wagtailadmin_choose_page_search": Door.OPEN,  # confined by construct_page_chooser_queryset
    "wagtailadmin_choose_page_chosen_multiple": Door.PAGES_CHOSEN,
    "wagtailadmin_choose_page_external_link": Door.OPEN,
    "wagtailadmin_choose_page_email_link": Door.OPEN,
    "wagtailadmin_choose_page_phone_link": Door.OPEN,
    "wagtailadmin_choose_page_anchor_link": Door.OPEN,
    "wagtaildocs_chooser:choose": Door.OPEN,  # confined by construct_document_chooser_queryset
    "wagtaildocs_chooser:choose_results": Door.OPEN,
    "wagtaildocs_chooser:chosen": Door.DOCUMENT,
    "wagtaildocs_chooser:chosen_multiple": Door.DOCUMENTS_CHOSEN,
    "wagtailimages_chooser:choose": Door.OPEN,  # confined by construct_image_chooser_queryset
    "wagtailimages_chooser:choose_results": Door.OPEN,
    "wagtailimages_chooser:chosen": Door.IMAGE,
    "wagtailimages_chooser:chosen_multiple": Door.IMAGES_CHOSEN,
    "wagtailimages_chooser:create": Door.OPEN,  # confined by the form (pages.forms.SpaceImageForm)
    "wagtailimages:delete": Door.IMAGE,  # « this image is there already: drop this copy »; one's own images only
}

_FURNITURE = {
    "wagtailadmin_home": Door.OPEN,
    "wagtailadmin_sprite": Door.OPEN,
    "wagtailadmin_javascript_catalog": Door.OPEN,
    "wagtailadmin_dismissibles": Door.OPEN,
    "wagtailadmin_logout": Door.OPEN,
    "wagtailadmin_account": Door.PROFILE,
    "wagtailadmin_editing_sessions:ping": Door.SESSION,
    "wagtailadmin_editing_sessions:release": Door.OPEN,  # one's own session, by Wagtail's filter
}

_SECOND_ENTRANCES = (
    "wagtailadmin_login",
    "wagtailadmin_password_reset",
    "wagtailadmin_password_reset_complete",
    "wagtailadmin_password_reset_confirm",
    "wagtailadmin_password_reset_done",
)

_PAST_THE_TRASH = ("wagtaildocs:delete", "wagtaildocs:delete_multiple")

_WITHOUT_A_FOLDER = (  # a document comes in by its space's screens alone
    "wagtaildocs:add",
    "wagtaildocs:add_multiple",
    "wagtaildocs:create_multiple_from_uploaded_document",
    "wagtaildocs:delete_upload_multiple",
    "wagtaildocs:edit_multiple",
    "wagtaildocs_chooser:create",
)

_CLOSED = (
    "",  # Wagtail's page for an unknown address, and its trial of it
    "wagtail_bulk_action",
    "wagtailadmin_block_preview",
    "wagtailadmin_error_test",
    "wagtailadmin_tag_autocomplete",  # gives every tag of the site
    "wagtailadmin_tag_model_autocomplete",
    # Its programming interface: lists the whole tree.
    "wagtailadmin_api:documents:detail",
    "wagtailadmin_api:documents:find",
    "wagtailadmin_api:documents:listing",
    "wagtailadmin_api:images:detail",
    "wagtailadmin_api:images:find",
    "wagtailadmin_api:images:listing",
    "wagtailadmin_api:pages:action",
    "wagtailadmin_api:pages:detail",
    "wagtailadmin_api:pages:find",
    "wagtailadmin_api:pages:listing",
    # A space's tree is arranged by technical superusers; pages do not leave their space.
    "wagtailadmin_pages:choose_parent",
    "wagtailadmin_pages:convert_alias",
    "wagtailadmin_pages:copy",
    "wagtailadmin_pages:move",
    "wagtailadmin_pages:move_confirm",
    "wagtailadmin_pages:lock",
    "wagtailadmin_pages:unlock",
    "wagtailadmin_pages:set_privacy",  # who reads is the policy's business
    "wagtailadmin_pages:revisions_index",
    "wagtailadmin_pages:type_use",
    "wagtailadmin_pages:type_use_results",
    "wagtailadmin_pages:usage",  # names the pages of other spaces
    "wagtailadmin_pages:collect_workflow_action_data",
    "wagtailadmin_pages:confirm_workflow_cancellation",
    "wagtailadmin_pages:workflow_action",
    "wagtailadmin_pages:workflow_history",
    "wagtailadmin_pages:workflow_history_detail",
    "wagtailadmin_pages:workflow_preview",
    # Documents have their own screens.
    "wagtaildocs:document_usage",
    "wagtaildocs:edit",
    "wagtaildocs:index",
    "wagtaildocs:index_results",
    # Images are added from the chooser.
    "wagtailimages:add",
    "wagtailimages:add_multiple",
    "wagtailimages:create_multiple_from_uploaded_image",
    "wagtailimages:delete_multiple",
    "wagtailimages:delete_upload_multiple",
    "wagtailimages:edit",
    "wagtailimages:edit_multiple",
    "wagtailimages:image_usage",
    "wagtailimages:index",
    "wagtailimages:index_results",
    "wagtailimages:preview",
    "wagtailimages:url_generator",
    "wagtailimages:url_generator_output",
    "wagtailimages_chooser:select_format",
    "wagtailembeds:chooser",
    "wagtailembeds:chooser_upload",
    # Running the site.
    "wagtailadmin_collections:add",
    "wagtailadmin_collections:delete",
    "wagtailadmin_collections:edit",
    "wagtailadmin_collections:index",
    "wagtailadmin_collections:set_privacy",
    "wagtailadmin_reports:aging_pages",
    "wagtailadmin_reports:aging_pages_results",
    "wagtailadmin_reports:locked_pages",
    "wagtailadmin_reports:locked_pages_results",
    "wagtailadmin_reports:page_types_usage",
    "wagtailadmin_reports:page_types_usage_results",
    "wagtailadmin_reports:site_history",
    "wagtailadmin_reports:site_history_results",
    "wagtailadmin_reports:workflow",
    "wagtailadmin_reports:workflow_results",
    "wagtailadmin_reports:workflow_tasks",
    "wagtailadmin_reports:workflow_tasks_results",
    "wagtailadmin_workflows:add",
    "wagtailadmin_workflows:add_task",
    "wagtailadmin_workflows:disable",
    "wagtailadmin_workflows:disable_task",
    "wagtailadmin_workflows:edit",
    "wagtailadmin_workflows:edit_task",
    "wagtailadmin_workflows:enable",
    "wagtailadmin_workflows:enable_task",
    "wagtailadmin_workflows:index",
    "wagtailadmin_workflows:index_results",
    "wagtailadmin_workflows:remove",
    "wagtailadmin_workflows:select_task_type",
    "wagtailadmin_workflows:task_chooser",
    "wagtailadmin_workflows:task_chooser_create",
    "wagtailadmin_workflows:task_chooser_results",
    "wagtailadmin_workflows:task_chosen",
    "wagtailadmin_workflows:task_index",
    "wagtailadmin_workflows:task_index_results",
    "wagtailadmin_workflows:usage",
    "wagtailadmin_workflows:usage_results",
    "wagtailsettings:edit",
    "wagtailsettings:preview_on_edit",
    "wagtailsites:add",
    "wagtailsites:copy",
    "wagtailsites:delete",
    "wagtailsites:edit",
    "wagtailsites:history",
    "wagtailsites:history_results",
    "wagtailsites:index",
    "wagtailsites:index_results",
    "wagtailsites:usage",
    "wagtailusers_groups:add",
    "wagtailusers_groups:delete",
    "wagtailusers_groups:edit",
    "wagtailusers_groups:history",
    "wagtailusers_groups:history_results",
    "wagtailusers_groups:index",
    "wagtailusers_groups:index_results",
    "wagtailusers_groups:usage",
    "wagtailusers_users:add",
    "wagtailusers_users:copy",
    "wagtailusers_users:delete",
    "wagtailusers_users:edit",
    "wagtailusers_users:history",
    "wagtailusers_users:history_results",
    "wagtailusers_users:index",
    "wagtailusers_users:index_results",
    "wagtailusers_users:usage",
)

DOORS: Mapping[str, Door] = {
    **_PAGES,
    **_CHOOSERS,
    **_FURNITURE,
    **dict.fromkeys((*_SECOND_ENTRANCES, *_PAST_THE_TRASH, *_WITHOUT_A_FOLDER), Door.NEVER),
    **dict.fromkeys(_CLOSED, Door.CLOSED),
}
