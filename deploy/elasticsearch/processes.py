"""Processes that outlive the command which started them, and how that command is interrupted without a trace."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypedDict

TERM_SECONDS = 20
KILL_SECONDS = 10


class Fault(Exception):
    """Something the person at the keyboard must know: the exit code and one Danish sentence."""

    def __init__(self, code: int, sentence: str):
        super().__init__(sentence)
        self.code = code


class Process(TypedDict):
    """A pid may be given to a stranger later; together with its start (clock ticks after boot) it may not."""

    pid: int
    started: int


class Interrupts:
    """SIGINT, SIGTERM and SIGHUP end the command as an exception, but never inside `held`."""

    def __init__(self):
        self.is_held = False
        self.waiting = None

    def __call__(self, number, _frame):
        if self.is_held:
            self.waiting = number
        else:
            raise SystemExit(128 + number)

    @contextmanager
    def held(self):
        before, self.is_held = self.is_held, True
        try:
            yield
        finally:
            self.is_held = before
        if self.waiting and not self.is_held:
            raise SystemExit(128 + self.waiting)


interrupts = Interrupts()


def run_command(command: Callable[[], None]) -> None:
    """Run a command of ours to its exit code; a fault is one sentence on stderr."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupts)
    try:
        command()
    except Fault as fault:
        say(str(fault))
        sys.exit(fault.code)


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def started(pid: int) -> int | None:
    """When a process started, or None when it is gone or only waits to be buried."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the program's name in parentheses and may hold anything.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def alive(process: Process | None) -> bool:
    return process is not None and started(process["pid"]) == process["started"]


def this_process() -> Process:
    return {"pid": os.getpid(), "started": started(os.getpid()) or 0}


def spawn(command: list, log: Path, folder: Path) -> Process:
    """Start a program that lives on after us: own session, no stdin, its words in `log`."""
    with log.open("ab") as words:
        child = subprocess.Popen(  # noqa: S603 (a list of ours, no shell)
            command,
            cwd=folder,
            env=plain_environment(),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # A child that is dead already is known by a start that no process has.
    return {"pid": child.pid, "started": started(child.pid) or -1}


def run(command: list, folder: Path, seconds: int, **environment: str) -> tuple[int, str]:
    """Run a program to its end, with all its children; return its exit code and what it said.

    Raises subprocess.TimeoutExpired. Nothing of it lives on, also when we are interrupted.
    """
    with interrupts.held():
        child = subprocess.Popen(  # noqa: S603 (a list of ours, no shell)
            command,
            cwd=folder,
            env=os.environ | {"LC_ALL": "C.UTF-8"} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    with ExitStack() as stack:
        stack.callback(_end_group, child)
        words, _ = child.communicate(timeout=seconds)
    return child.returncode, words


def stop(processes: list[Process | None]) -> None:
    """End processes: a kind word, time to answer it, then force."""
    living = [process for process in processes if alive(process)]
    for number, seconds in ((signal.SIGTERM, TERM_SECONDS), (signal.SIGKILL, KILL_SECONDS)):
        for process in living:
            _send(process["pid"], number)
        living = _still_alive_after(seconds, living)
    if living:
        raise Fault(1, "Disse processer kunne ikke stoppes: " + ", ".join(str(one["pid"]) for one in living) + ".")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now. All are held until the last is found, so no two are equal."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def plain_environment() -> dict[str, str]:
    """No options of a person's own, and a locale that Java can read the letters of a path in."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _still_alive_after(seconds: float, processes: list[Process]) -> list[Process]:
    until = time.monotonic() + seconds
    while (living := [process for process in processes if alive(process)]) and time.monotonic() < until:
        time.sleep(0.1)
    return living


def _end_group(child: subprocess.Popen) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def last_lines(log: Path, count: int = 30) -> Iterator[str]:
    if log.exists():
        yield from log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
