"""Addresses of the room. Included at the root of the site. The words beside the folders' slugs are
`actions.RESERVED_SLUGS`."""

from django.urls import include, path

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

_of_a_document = [
    path("", reading.document, name="document"),
    path("qui-peut-voir/", sharing.document_who, name="document_who"),
    path("partager/", sharing.share, name="share"),
    path("lien/", sharing.link_new, name="link_new"),
    path("partages/<int:pk>/retirer/", sharing.share_revoke, name="share_revoke"),
    path("liens/<int:pk>/retirer/", sharing.link_revoke, name="link_revoke"),
    path("telecharger/", reading.download, name="download"),
    path("vignette/", pictures.thumbnail, name="thumbnail"),
    path("pages/<int:number>/", pictures.page, name="page"),
    path("telechargements/", downloads.of_document, name="downloads"),
    path("modifier/", changing.edit, name="edit"),
    path("retirer/", trash.withdraw, name="withdraw"),
    path("remettre/", trash.put_back, name="put_back"),
    path("comparer/", comparing.compare, name="compare"),
    path("historique/", versions.history, name="history"),
    path("nouvelle-version/", versions.version_new, name="version_new"),
    path("reserver/", versions.reserve, name="reserve"),
    path("liberer/", versions.release, name="release"),
    path("v<int:number>/", versions.version, name="version"),
    path("v<int:number>/telecharger/", versions.version_download, name="version_download"),
    path("v<int:number>/vignette/", pictures.version_thumbnail, name="version_thumbnail"),
    path("v<int:number>/pages/<int:page>/", pictures.version_page, name="version_page"),
    path("v<int:number>/retablir/", versions.version_restore, name="version_restore"),
    path("v<int:number>/nommer/", versions.version_name, name="version_name"),
]
_of_a_space = [
    path("", reading.space_documents, name="space"),
    path("deposer/", depositing.upload, name="upload"),
    path("deposes/", depositing.uploaded, name="uploaded"),
    path("envois/", resuming.start, name="incoming"),
    path("nouveau-dossier/", folders.folder_new, name="folder_new"),
    path("partages/", sharing.shared_into_space, name="shared_with_space"),
    path("corbeille/", trash.trash, name="trash"),
    path("<slug:folder_slug>/", reading.folder, name="folder"),
    path("<slug:folder_slug>/renommer/", folders.folder_rename, name="folder_rename"),
    path("<slug:folder_slug>/ranger/", folders.folder_place, name="folder_place"),
    path("<slug:folder_slug>/ordre/", folders.folder_order, name="folder_order"),
    path("<slug:folder_slug>/supprimer/", folders.folder_remove, name="folder_remove"),
    path("<slug:folder_slug>/restreindre/", folders.folder_restrict, name="folder_restrict"),
    path("<slug:folder_slug>/qui-peut-voir/", sharing.folder_who, name="folder_who"),
    path("<slug:folder_slug>/zip/", packing.folder_zip, name="folder_zip"),
]
urlpatterns = [
    path("documents/<uuid:uuid>/", include(_of_a_document)),
    path("espaces/<slug:slug>/documents/", include(_of_a_space)),
    path("espaces/<slug:slug>/ressources/", reading.resources, name="resources"),
    path("espaces/<slug:slug>/ressources/zip/", packing.resources_zip, name="resources_zip"),
    path("documents/zip/", packing.selection_zip, name="selection_zip"),
    path("documents/partages/", sharing.shared_with_me, name="shared_with_me"),
    path("partage/<str:token>/", links.link, name="link"),
    path("documents/envois/<uuid:uuid>/", resuming.upload, name="incoming_upload"),
    path("compte/telechargements/", downloads.mine, name="my_downloads"),
    path("medias/<path:path>", media.media, name="media"),
]
