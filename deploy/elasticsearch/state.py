"""What is known of the instances that were started: one small file each, beside the cache."""

import json
import os
import re
import shutil
import tempfile
from pathlib import Path

from processes import Fault, Process, alive, interrupts, stop, this_process

ROOT = Path(__file__).resolve().parents[2]
MISUSE = 2
PREFIX = "forkant-es-"


def cache() -> Path:
    """Where the assembled homes and the state files lie: FORKANT_ES_HOME, else below VAR_DIR, else below var/."""
    if given := os.environ.get("FORKANT_ES_HOME"):
        return Path(given).absolute()
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute() / "elasticsearch"


def place(name: str) -> Path:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", name):
        raise Fault(MISUSE, "Et navn har kun små bogstaver a-z, tal og bindestreg.")
    return cache() / f"{name}.json"


def claim(name: str, kind: str, **facts) -> dict:
    """A new instance with a folder of its own. Raises FileExistsError when the name is taken."""
    path = place(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with interrupts.held():
        folder = tempfile.mkdtemp(prefix=f"{PREFIX}{name}-")
        state = {"name": name, "kind": kind, "folder": folder, "starter": this_process(), **facts}
        try:
            write(state, is_new=True)
        except FileExistsError:
            shutil.rmtree(folder)
            raise
    return state


def read(name: str, kind: str) -> dict | None:
    """The instance of that name, or None. Raises Fault when it is of another kind: a cluster is no front."""
    try:
        state = json.loads(place(name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if state["kind"] != kind:
        raise Fault(MISUSE, f"Navnet »{name}« er brugt til noget andet.")
    return state


def write(state: dict, is_new: bool = False) -> None:
    """Nobody ever reads half a file: it is made beside its place and then put there."""
    path = place(state["name"])
    half = path.with_suffix(f".{os.getpid()}")
    half.write_text(json.dumps(state, indent=1), encoding="utf-8")
    try:
        (os.link if is_new else os.replace)(half, path)
    finally:
        half.unlink(missing_ok=True)


def is_starting(state: dict) -> bool:
    return state["starter"] != this_process() and alive(state["starter"])


def processes(state: dict) -> list[Process | None]:
    """Those of a cluster's nodes, or the one of a front."""
    return [part["process"] for part in state.get("nodes", [state])]


def remove(state: dict) -> None:
    """Stop the processes, and leave nothing: neither the data nor the state file."""
    with interrupts.held():
        stop(processes(state))
        folder = Path(state["folder"])
        if folder.name.startswith(PREFIX):
            shutil.rmtree(folder, ignore_errors=True)
        place(state["name"]).unlink(missing_ok=True)


def remove_all() -> list[str]:
    """Remove everything that was started from this cache, of whatever kind; return the names."""
    states = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(cache().glob("*.json"))]
    for state in states:
        remove(state)
    return [state["name"] for state in states]
