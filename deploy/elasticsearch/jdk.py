"""The newest Java on the machine. The one on PATH may be too old while a newer one lies beside it."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from processes import Fault, run

OLDEST = 21
NO_JAVA = 4
FOLDERS = ("/usr/lib/jvm", "/opt")


def newest() -> Path:
    """The folder of the newest JDK. Raises Fault 4 when none is new enough."""
    found = {home: version(home) for home in set(places()) if is_jdk(home)}
    best = max(found, key=lambda home: (found[home], str(home)), default=None)
    if best is None or found[best][0] < OLDEST:
        raise Fault(NO_JAVA, f"Elasticsearch kræver en JDK {OLDEST} eller nyere, og den er ikke på maskinen.")
    return best


def places() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home).resolve()
    for folder in map(Path, FOLDERS):
        if folder.is_dir():
            yield from (path.resolve() for path in folder.iterdir())
    if java := shutil.which("java"):
        yield Path(java).resolve().parents[1]


def is_jdk(home: Path) -> bool:
    """It must also compile: our one class is Java."""
    return all(os.access(home / "bin" / program, os.X_OK) for program in ("java", "javac"))


def version(home: Path) -> tuple[int, ...]:
    """(25, 0, 3), from the file each JDK carries, else by asking the compiler; (0,) when neither tells."""
    release = home / "release"
    told = release.read_text(encoding="utf-8", errors="replace") if release.is_file() else ""
    match = re.search(r'JAVA_VERSION="([\d.]+)', told)
    if not match:
        _, told = run([home / "bin" / "javac", "-version"], Path(tempfile.gettempdir()), 30)
        match = re.search(r"javac ([\d.]+)", told)
    return tuple(int(part) for part in match[1].strip(".").split(".")) if match else (0,)
