"""The tests: as the demo, in memory where nothing is lost by it."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("VAR_DIR", str(Path(tempfile.gettempdir()) / "forkant-test"))

from config.settings.demo import *  # noqa: E402

ALLOWED_HOSTS += ["testserver"]
INSTALLED_APPS += ["django_linear_migrations"]  # a tool of developers: not among the packages of the demo
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = VAR / f"media-{os.getpid()}"
STORAGES["members"]["OPTIONS"]["location"] = VAR / f"members-files-{os.getpid()}"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
CHECKS_KEPT = True
