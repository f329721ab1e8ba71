"""Documents of a space, in folders."""

from documents.models.documents import Document, DocumentQuerySet, document_store
from documents.models.downloads import DownloadCount, DownloadRecord
from documents.models.folders import Folder, FolderQuerySet, RemovedFolder
from documents.models.incoming import IncomingUpload
from documents.models.letters import DocumentMail
from documents.models.shares import SignedLink, SignedLinkQuerySet
from documents.models.versions import DocumentVersion, DocumentVersionQuerySet
from documents.models.works import Comparison, Preview, Scan

__all__ = [
    "Comparison",
    "Document",
    "DocumentMail",
    "DocumentQuerySet",
    "DocumentVersion",
    "DocumentVersionQuerySet",
    "DownloadCount",
    "DownloadRecord",
    "Folder",
    "FolderQuerySet",
    "IncomingUpload",
    "Preview",
    "RemovedFolder",
    "Scan",
    "SignedLink",
    "SignedLinkQuerySet",
    "document_store",
]
