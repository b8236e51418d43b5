"""Put a home folder of Elasticsearch together from its Maven packages, once; later starts find it in the cache."""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from processes import Fault, run, say

HERE = Path(__file__).resolve().parent
RECIPE = ("pom.xml", "SearchServer.java", "log4j2.properties", "assemble.py")
NO_MAVEN, NO_NETWORK, NO_ZSTD = 5, 6, 7
MAVEN_SECONDS = 600
TRANSPORT = "transport-netty4"
DESCRIPTOR = f"META-INF/es-plugins/{TRANSPORT}/plugin-descriptor.properties"
PLATFORMS = {"x86_64": "linux-x64", "aarch64": "linux-aarch64"}
NETWORK_FAULTS = re.compile(
    r"Unknown host|Could not transfer|Connection refused|Connect(ion)? timed out|Network is unreachable"
    r"|Temporary failure in name resolution|in offline mode",
)


def home(cache: Path, jdk: Path) -> Path:
    """The assembled home folder below `cache`, made if missing.

    Raises Fault 5 (no Maven), 6 (no network), 7 (no libzstd), 1 (anything else).
    """
    whole = cache / f"home-{fingerprint()}"
    zstd = system_zstd()
    cache.mkdir(parents=True, exist_ok=True)
    with only_one(cache):
        if not whole.is_dir():
            make(whole, jdk)
        link(whole / "lib" / "platform" / PLATFORMS.get(platform.machine(), "unknown") / "libzstd.so", zstd)
    return whole


def fingerprint() -> str:
    """Changes when the recipe does, so that a home of an older recipe is never taken for ours."""
    recipe = b"".join((HERE / name).read_bytes() for name in RECIPE)
    return hashlib.sha256(recipe).hexdigest()[:12]


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Let one process at a time in; the system opens again when that process dies."""
    door = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield
    finally:
        os.close(door)


def make(whole: Path, jdk: Path) -> None:
    for half in whole.parent.glob("half-*"):
        shutil.rmtree(half)
    half = Path(tempfile.mkdtemp(prefix="half-", dir=whole.parent))
    try:
        fill(half, jdk)
        half.rename(whole)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def fill(folder: Path, jdk: Path) -> None:
    for part in ("app", "classes", "config", f"modules/{TRANSPORT}"):
        (folder / part).mkdir(parents=True)
    fetch_packages(folder / "app", jdk)
    split_off_transport(folder / "app", folder / "modules" / TRANSPORT)
    compile_server(folder, jdk)
    shutil.copy(HERE / "log4j2.properties", folder / "config")


def fetch_packages(app: Path, jdk: Path) -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise Fault(NO_MAVEN, "Maven mangler: den henter Elasticsearch første gang (apt install maven).")
    say("Elasticsearch hentes med Maven (44 MB, kun første gang).")
    # -C: a package whose checksum is wrong is refused.
    command = [maven, "-B", "-q", "-C", "-f", HERE / "pom.xml", f"-DoutputDirectory={app}", "process-resources"]
    try:
        code, words = run(command, app, MAVEN_SECONDS, JAVA_HOME=str(jdk))
    except subprocess.TimeoutExpired:
        raise Fault(NO_NETWORK, f"Elasticsearch kunne ikke hentes på {MAVEN_SECONDS // 60} minutter.") from None
    if code and NETWORK_FAULTS.search(words):
        raise Fault(NO_NETWORK, "Elasticsearch kunne ikke hentes: der er ingen forbindelse til Mavens pakkelager.")
    if code:
        say(words)
        raise Fault(1, "Maven kunne ikke hente Elasticsearch.")


def split_off_transport(app: Path, module: Path) -> None:
    """The transport is a module of its own: a folder with its jars and its descriptor."""
    for pattern in ("netty-*.jar", f"{TRANSPORT}-*.jar"):
        for jar in app.glob(pattern):
            jar.rename(module / jar.name)
    (jar,) = module.glob(f"{TRANSPORT}-*.jar")
    with zipfile.ZipFile(jar) as packed:
        (module / "plugin-descriptor.properties").write_bytes(packed.read(DESCRIPTOR))


def compile_server(folder: Path, jdk: Path) -> None:
    source = HERE / "SearchServer.java"
    javac = [jdk / "bin" / "javac", "--release", "21", "-proc:none", "-cp", "app/*", "-d", "classes", source]
    code, words = run(javac, folder, 120)
    if code:
        say(words)
        raise Fault(1, "SearchServer.java kunne ikke oversættes.")


def system_zstd() -> Path:
    """The system's libzstd 1.x: without it the server cannot compress what it stores."""
    for place in ("/usr/lib/*-linux-gnu", "/lib/*-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib"):
        for library in Path("/").glob(place[1:] + "/libzstd.so.1"):
            return library
    raise Fault(NO_ZSTD, "Biblioteket libzstd mangler (apt install libzstd1).")


def link(place: Path, target: Path) -> None:
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(target)
