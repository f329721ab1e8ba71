"""Addresses of the room. Included at the root of the site. The words beside the folders' slugs are
`actions.RESERVED_SLUGS`."""

from django.urls import path

from documents import media
from documents.views import (
    changing,
    comparing,
    depositing,
    downloads,
    folders,
    links,
    packing,
    pictures,
    reading,
    resuming,
    sharing,
    trash,
    versions,
)

app_name = "documents"

urlpatterns = [
    path("espaces/<slug:slug>/ressources/", reading.resources, name="resources"),
    path("espaces/<slug:slug>/ressources/zip/", packing.resources_zip, name="resources_zip"),
    path("espaces/<slug:slug>/documents/", reading.space_documents, name="space"),
    path("espaces/<slug:slug>/documents/deposer/", depositing.upload, name="upload"),
    path("espaces/<slug:slug>/documents/deposes/", depositing.uploaded, name="uploaded"),
    path("espaces/<slug:slug>/documents/envois/", resuming.start, name="incoming"),
    path("espaces/<slug:slug>/documents/nouveau-dossier/", folders.folder_new, name="folder_new"),
    path("espaces/<slug:slug>/documents/partages/", sharing.shared_into_space, name="shared_with_space"),
    path("espaces/<slug:slug>/documents/corbeille/", trash.trash, name="trash"),
    path("espaces/<slug:slug>/documents/<slug:folder_slug>/", reading.folder, name="folder"),
    path("espaces/<slug:slug>/documents/<slug:folder_slug>/renommer/", folders.folder_rename, name="folder_rename"),
    path("espaces/<slug:slug>/documents/<slug:folder_slug>/ranger/", folders.folder_place, name="folder_place"),
    path("espaces/<slug:slug>/documents/<slug:folder_slug>/ordre/", folders.folder_order, name="folder_order"),
    path(
        "espaces/<slug:slug>/documents/<slug:folder_slug>/restreindre/", folders.folder_restrict, name="folder_restrict"
    ),
    path("espaces/<slug:slug>/documents/<slug:folder_slug>/qui-peut-voir/", sharing.folder_who, name="folder_who"),
    path("espaces/<slug:slug>/documents/<slug:folder_slug>/zip/", packing.folder_zip, name="folder_zip"),
    path("documents/zip/", packing.selection_zip, name="selection_zip"),
    path("documents/partages/", sharing.shared_with_me, name="shared_with_me"),
    path("documents/<uuid:uuid>/", reading.document, name="document"),
    path("documents/<uuid:uuid>/qui-peut-voir/", sharing.document_who, name="document_who"),
    path("documents/<uuid:uuid>/partager/", sharing.share, name="share"),
    path("documents/<uuid:uuid>/lien/", sharing.link_new, name="link_new"),
    path("documents/<uuid:uuid>/partages/<int:pk>/retirer/", sharing.share_revoke, name="share_revoke"),
    path("documents/<uuid:uuid>/liens/<int:pk>/retirer/", sharing.link_revoke, name="link_revoke"),
    path("partage/<str:token>/", links.link, name="link"),
    path("documents/<uuid:uuid>/telecharger/", reading.download, name="download"),
    path("documents/<uuid:uuid>/vignette/", pictures.thumbnail, name="thumbnail"),
    path("documents/<uuid:uuid>/pages/<int:number>/", pictures.page, name="page"),
    path("documents/<uuid:uuid>/telechargements/", downloads.of_document, name="downloads"),
    path("documents/<uuid:uuid>/modifier/", changing.edit, name="edit"),
    path("documents/envois/<uuid:uuid>/", resuming.upload, name="incoming_upload"),
    path("compte/telechargements/", downloads.mine, name="my_downloads"),
    path("documents/<uuid:uuid>/retirer/", trash.withdraw, name="withdraw"),
    path("documents/<uuid:uuid>/remettre/", trash.put_back, name="put_back"),
    path("documents/<uuid:uuid>/comparer/", comparing.compare, name="compare"),
    path("documents/<uuid:uuid>/historique/", versions.history, name="history"),
    path("documents/<uuid:uuid>/nouvelle-version/", versions.version_new, name="version_new"),
    path("documents/<uuid:uuid>/reserver/", versions.reserve, name="reserve"),
    path("documents/<uuid:uuid>/liberer/", versions.release, name="release"),
    path("documents/<uuid:uuid>/v<int:number>/", versions.version, name="version"),
    path("documents/<uuid:uuid>/v<int:number>/telecharger/", versions.version_download, name="version_download"),
    path("documents/<uuid:uuid>/v<int:number>/vignette/", pictures.version_thumbnail, name="version_thumbnail"),
    path("documents/<uuid:uuid>/v<int:number>/pages/<int:page>/", pictures.version_page, name="version_page"),
    path("documents/<uuid:uuid>/v<int:number>/retablir/", versions.version_restore, name="version_restore"),
    path("documents/<uuid:uuid>/v<int:number>/nommer/", versions.version_name, name="version_name"),
    path("medias/<path:path>", media.media, name="media"),
]
