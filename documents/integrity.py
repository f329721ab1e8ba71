"""Whether the store still holds what the database says, byte for byte."""

from collections.abc import Iterator

from django.core.files.base import File
from django.db.models import Exists, OuterRef

from documents.models import Document, DocumentVersion, document_store
from documents.storage import ContentAddressedStorage, fingerprint, is_stored_name


def differences() -> Iterator[str]:
    """One French sentence for each: a stored file that no longer has its fingerprint or that is out of place, a document
    whose file is absent, or has another size or name than its row says. Bytes that no document uses are not one."""
    store = document_store()
    present: dict[str, int] = {}
    if isinstance(store, ContentAddressedStorage):
        for name in store.stored_names():
            if not is_stored_name(name):
                yield f"Fichier étranger au dépôt : {name}"
                continue
            with open(store.path(name), "rb") as raw:
                file = File(raw)
                present[name] = file.size
                if fingerprint(file) != name.rpartition("/")[2]:
                    yield f"Fichier altéré : {name} n’a plus son empreinte"
    versions = DocumentVersion.objects.order_by("pk").values_list("document__uuid", "number", "file", "sha256", "size")
    for uuid, number, name, sha256, size in versions.iterator(2000):
        version = f"Document {uuid}, version {number}"
        if name.rpartition("/")[2] != sha256:
            yield f"{version} : son empreinte n’est pas celle de son fichier {name}"
        if name not in present:
            yield f"{version} : son fichier {name} est absent"
        elif present[name] != size:
            yield f"{version} : {size} octets annoncés, {present[name]} dans le dépôt"
    yield from _out_of_step()


def _out_of_step() -> Iterator[str]:
    """Documents that do not tell what their current version does."""
    same = DocumentVersion.objects.filter(
        document=OuterRef("pk"),
        number=OuterRef("current_number"),
        file=OuterRef("file"),
        sha256=OuterRef("sha256"),
        size=OuterRef("file_size"),
    )
    newer = DocumentVersion.objects.filter(document=OuterRef("pk"), number__gt=OuterRef("current_number"))
    wrong = Document.objects.filter(~Exists(same) | Exists(newer)).order_by("pk")
    for uuid, number in wrong.values_list("uuid", "current_number").iterator(2000):
        yield f"Document {uuid} : ce qu’il dit de son fichier n’est pas ce que dit sa version {number}"


def unused() -> tuple[int, int]:
    """How many stored files no document uses, and their bytes in all. Not a fault: the store never deletes, and a deposit
    that failed after its bytes were written leaves them there."""
    store = document_store()
    if not isinstance(store, ContentAddressedStorage):
        return 0, 0
    used = set(DocumentVersion.objects.order_by().values_list("file", flat=True))
    sizes = [store.size(name) for name in store.stored_names() if is_stored_name(name) and name not in used]
    return len(sizes), sum(sizes)
