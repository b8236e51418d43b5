import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEET = "css/index.css"
IMPORT = re.compile(r'@import url\("([\w-]+\.css)"\);')


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """One stylesheet on the wire: written as a file a component, joined when the files are collected.

    The parts lie beside the sheet that imports them, so the addresses in them stay right.
    """

    def post_process(self, paths, dry_run=False, **options):
        if SHEET in paths and not dry_run:
            self._join(*paths[SHEET])
            paths[SHEET] = (self, SHEET)
        yield from super().post_process(paths, dry_run, **options)

    def _join(self, source, path):
        # The sheet is read where it was written: a joined one may lie here from the time before.
        joined = IMPORT.sub(lambda match: self._read(self, f"css/{match[1]}"), self._read(source, path))
        self.delete(SHEET)
        self._save(SHEET, ContentFile(joined.encode()))

    def _read(self, storage, name):
        with storage.open(name) as file:
            return file.read().decode()
