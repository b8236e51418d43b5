"""The Danish lexicon of simplemma: 788,000 written forms, each with its lemma, as a trie on disk.

Making the trie takes over a second and 100 MB, reading it from disk 0.1 s and 5 MB: so it is made once a machine.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from simplemma.strategies.dictionaries import TrieDictionaryFactory

_LANGUAGE = "da"
_place = {"folder": Path(tempfile.gettempdir()) / "forkant-lexicon"}


def configure(cache_dir: str | os.PathLike) -> None:
    """Keep the trie in `cache_dir` (made when it is missing). To be called before the first word is read."""
    _place["folder"] = Path(cache_dir)
    lexicon.cache_clear()


@lru_cache(maxsize=1)
def lexicon() -> Mapping[str, str]:
    """Return {written form: lemma}. Where the folder cannot be used the trie is made in memory."""
    folder = _place["folder"] / f"simplemma-{version('simplemma')}"
    try:
        _keep_trie(folder)
    except OSError:
        return _factory(None).get_dictionary(_LANGUAGE)
    return _factory(folder).get_dictionary(_LANGUAGE)


def lemma_of(form: str) -> str | None:
    """Return the lemma of a form as the lexicon writes it, None when it is not there. Names are there as capitals."""
    try:
        return lexicon().get(form)
    except UnicodeEncodeError:
        return None


def _keep_trie(folder: Path) -> None:
    """Make the trie in a folder of our own and move it into place: two processes at once do each other no harm.

    The library itself writes straight to the last name, where another process may read the half of it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not _is_safe(folder):
        raise PermissionError(f"{folder} is open to others")
    name = f"{_LANGUAGE}.dic"
    if (folder / name).exists():
        return
    workshop = Path(tempfile.mkdtemp(dir=folder))
    try:
        _factory(workshop).get_dictionary(_LANGUAGE)
        os.replace(workshop / name, folder / name)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _is_safe(folder: Path) -> bool:
    """Whether no stranger could have laid a file there: the default folder stands where everyone may write."""
    found = folder.stat()
    return found.st_uid in (os.getuid(), 0) and not found.st_mode & stat.S_IWOTH


def _factory(folder: Path | None) -> TrieDictionaryFactory:
    return TrieDictionaryFactory(use_disk_cache=folder is not None, disk_cache_dir=str(folder) if folder else None)
