"""Where members' files lie: outside the public media, under names nobody can guess, for the site's own eyes."""

import os
from uuid import uuid4

from django.core.files.storage import FileSystemStorage, storages

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


def closed_files():
    """Where members' files lie: outside the public media, handed out by a view that asks the rule."""
    return storages["members"]


class ClosedFiles(FileSystemStorage):
    """Files without an address. Whoever saves one gives it no name; a write that fails leaves nothing behind."""

    def __init__(self, location=None, **options):
        options |= {
            "base_url": None,
            "file_permissions_mode": PRIVATE_FILE,
            "directory_permissions_mode": PRIVATE_FOLDER,
        }
        super().__init__(location, **options)

    def url(self, name):
        raise ValueError("Members' files have no address of their own: a view asks who may read them.")

    def get_available_name(self, name, max_length=None):
        name = uuid4().hex
        return f"{name[:2]}/{name}"

    def _save(self, name, content):
        try:
            return super()._save(name, content)
        except BaseException:
            self.delete(name)
            raise

    def names(self):
        """Yield (name, seconds since it was written) of every file there is."""
        for folder, _below, names in os.walk(self.location):
            for name in names:
                path = os.path.join(folder, name)
                try:
                    yield os.path.relpath(path, self.location), os.stat(path).st_mtime
                except FileNotFoundError:
                    continue
