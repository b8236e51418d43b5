"""The project that `wagtail start` makes, with its production settings, to measure ours against."""

import json
import os
import subprocess
import sys
from pathlib import Path

# Not a name of ours: the stopwatch runs from this folder, where modules would come first.
NAME = "plain_wagtail"
STOPWATCH = Path(__file__).with_name("stopwatch.py")
# Plain static files as in our own bench: neither side pays for a manifest.
LOCAL = """
SECRET_KEY = "bench"
ALLOWED_HOSTS = ["localhost"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
"""


class BareProject:
    """Made in `folder`, which is not there yet; measured in a process of its own until the `with` is left."""

    def __init__(self, folder: Path, paths: list[str]):
        kept = {name: value for name, value in os.environ.items() if name not in ("VAR_DIR", "DATABASE_URL")}
        self.folder = folder
        self.environ = {**kept, "DJANGO_SETTINGS_MODULE": f"{NAME}.settings.production", "PYTHONPATH": str(folder)}
        folder.mkdir()
        self._run("-c", "from wagtail.bin.wagtail import main; main()", "start", NAME, str(folder))
        (folder / NAME / "settings" / "local.py").write_text(LOCAL)
        self._run("manage.py", "migrate", "--verbosity", "0")
        self.process = subprocess.Popen(
            [sys.executable, str(STOPWATCH), *paths],
            cwd=folder,
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.wait()

    def round(self) -> dict[str, float]:
        print(file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def _run(self, *words):
        # `start` runs before there are settings to be found, and needs none.
        known = (self.folder / NAME).exists()
        environ = self.environ if known else {**self.environ, "DJANGO_SETTINGS_MODULE": ""}
        done = subprocess.run(
            [sys.executable, *words], cwd=self.folder, env=environ, capture_output=True, encoding="utf-8"
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(words)}\n{done.stderr}")
