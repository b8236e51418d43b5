"""A database for the benches alone: made anew, with the campaign in it, away from those of demo and production."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "bench.sqlite3"


def open_scratch(folder: Path) -> Path:
    """Set Django up on a new SQLite file in `folder`, load the campaign and return the file. Once in a process."""
    folder = folder.resolve()
    (folder / "static").mkdir(parents=True, exist_ok=True)
    database = folder / NAME
    for part in ("", "-wal", "-shm"):
        Path(f"{database}{part}").unlink(missing_ok=True)
    os.environ["VAR_DIR"] = str(folder)
    os.environ["DATABASE_URL"] = f"sqlite:///{database}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    _fill()
    return database


def _fill():
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from home.loading.load import load

    call_command("migrate", verbosity=0)
    load(settings.SITE / "demo")
