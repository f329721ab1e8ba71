"""Writes: folders, documents, their versions, the trash. Each checks the right, writes, logs, records what happened and
brings search into line, in one transaction."""

from documents.actions.comparisons import ask_for_comparison, compare_waiting_versions
from documents.actions.contents import (
    draw_waiting_previews,
    forget_unused_contents,
    receive_content,
    scan_again,
    scan_waiting_files,
)
from documents.actions.documents import change_document, editing_ability, publish_document, require_editor
from documents.actions.downloads import forget_downloads, record_downloads
from documents.actions.facts import Facts, describe_document, remind_of_reviews
from documents.actions.folders import (
    RESERVED_SLUGS,
    add_folder,
    create_folder,
    move_folder,
    open_folder,
    order_folder,
    rename_folder,
    restrict_folder,
)
from documents.actions.locks import LockedError, lock_document, refuse_if_locked
from documents.actions.shares import (
    TooManyTriesError,
    WrongPasswordError,
    check_link_password,
    count_link_download,
    create_link,
    forget_old_links,
    may_share,
    open_link,
    revoke_link,
    revoke_share,
    share_document,
    warn_of_ending_links,
    warn_of_ending_shares,
)
from documents.actions.texts import index_all, read_text, set_text
from documents.actions.trash import put_back_document, restoring_ability, withdraw_document
from documents.actions.versions import (
    ReservedError,
    name_version,
    publish_version,
    release_document,
    require_versioner,
    reserve_document,
    restore_version,
    versioning_ability,
)

__all__ = [
    "RESERVED_SLUGS",
    "Facts",
    "LockedError",
    "ReservedError",
    "TooManyTriesError",
    "WrongPasswordError",
    "add_folder",
    "ask_for_comparison",
    "change_document",
    "check_link_password",
    "compare_waiting_versions",
    "count_link_download",
    "create_folder",
    "create_link",
    "describe_document",
    "draw_waiting_previews",
    "editing_ability",
    "forget_downloads",
    "forget_old_links",
    "forget_unused_contents",
    "index_all",
    "lock_document",
    "may_share",
    "move_folder",
    "name_version",
    "open_folder",
    "open_link",
    "order_folder",
    "publish_document",
    "publish_version",
    "put_back_document",
    "read_text",
    "receive_content",
    "record_downloads",
    "refuse_if_locked",
    "release_document",
    "remind_of_reviews",
    "rename_folder",
    "require_editor",
    "require_versioner",
    "reserve_document",
    "restore_version",
    "restoring_ability",
    "restrict_folder",
    "revoke_link",
    "revoke_share",
    "scan_again",
    "scan_waiting_files",
    "set_text",
    "share_document",
    "versioning_ability",
    "warn_of_ending_links",
    "warn_of_ending_shares",
    "withdraw_document",
]
