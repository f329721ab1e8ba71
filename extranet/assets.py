"""Style sheets, scripts and fonts, named after what they hold."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """Our scripts import one another by the names that they are served under: the bare ones are not kept.

    Django's own `support_js_module_import_aggregation` would also read the scripts of others, down to their comments."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("extranet/*.js", ((r'(?P<matched>from "(?P<url>\./[\w.]+)";)', 'from "%(url)s";'),)),
    )
