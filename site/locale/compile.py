"""Write the .mo beside each .po: `.venv/bin/python site/locale/compile.py`. Needs polib, from requirements/dev.in."""

from pathlib import Path

import polib


def compile_all(folder):
    """Compile every .po below `folder` (a Path), and return the paths of the .mo files written."""
    written = []
    for source in sorted(folder.rglob("*.po")):
        target = source.with_suffix(".mo")
        polib.pofile(str(source)).save_as_mofile(str(target))
        written.append(target)
    return written


if __name__ == "__main__":
    for target in compile_all(Path(__file__).resolve().parent):
        print(target)
