"""A fingerprint of all that decides which terms a text has: another one means that the index must be made anew."""

import hashlib
from importlib.metadata import version
from pathlib import Path

import danish

_PACKAGES = ("simplemma", "PyStemmer")


def _fingerprint() -> str:
    folder = Path(__file__).parent
    made_of = hashlib.sha256()
    for package in _PACKAGES:
        made_of.update(f"{package} {version(package)}\n".encode())
    for file in (*sorted(folder.glob("*.py")), *sorted((folder / "data").glob("*.txt")), Path(danish.__file__)):
        made_of.update(file.read_bytes())
    return made_of.hexdigest()[:12]


VERSION = _fingerprint()
