import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("awk", "cat", "cp", "dirname", "grep", "mkdir", "mv", "rm", "sh", "sleep")

# Asks the real Python whatever is asked with -c, and only writes down what would be slow.
FAKE_PYTHON = f"""#!/bin/sh
real={str(sys.executable)!r}
case $1 in
-c)
    case $2 in
    *'"%d.%d"'*) [ -z "$FAKE_VERSION" ] || {{ echo "$FAKE_VERSION"; exit; }} ;;
    *ensurepip*) exit "${{FAKE_VENV_MISSING:-0}}" ;;
    *'import pip'*) exit 0 ;;
    esac
    exec "$real" -S "$@"
    ;;
esac
echo "$*" >>"$FAKE_LOG"
case "$1 $2" in
'-m venv') mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
'-m pip')
    sleep "${{FAKE_PIP_SECONDS:-0}}"
    [ "$3" != "$FAKE_PIP_FAILS" ] || {{ echo "$FAKE_PIP_SAYS" >&2; exit 1; }}
    ;;
'-m gunicorn')
    port=${{7#*:}}
    exec "$real" -m http.server --bind 127.0.0.1 "$port" 2>/dev/null
    ;;
'manage.py load_demo') echo 'anna@example.dk' ;;
esac
"""
FAKE_DF = '#!/bin/sh\necho header\necho "/dev/x 9 9 ${FAKE_FREE:-9000000} 9% /"\n'


class Clone:
    def __init__(self, home):
        self.root = home / "en mappe med blå mellemrum"
        self.bin = home / "bin"
        self.log = home / "log"
        self.venv = self.root / ".venv"
        self.bin.mkdir()
        (self.root / "requirements").mkdir(parents=True)
        (self.root / "healthz").write_text("ok")
        shutil.copy(ROOT / "run", self.root)
        self.lock("base", "django==1")
        self.lock("dev", "pytest==1")
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.tool("df", FAKE_DF)
        self.tool("python3", FAKE_PYTHON)

    def lock(self, level, text):
        (self.root / "requirements" / f"{level}.txt").write_text(text)

    def tool(self, name, script):
        (self.bin / name).write_text(script)
        (self.bin / name).chmod(0o755)

    def start(self, *words, **fakes):
        return subprocess.Popen(
            [self.root / "run", *words],
            cwd="/",
            env={"PATH": str(self.bin), "LC_ALL": "C", "FAKE_LOG": str(self.log)} | fakes,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
            # A suite started in the background is deaf to Ctrl-C, and its children would be too.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run(self, *words, **fakes):
        process = self.start(*words, **fakes)
        process.out, process.err = process.communicate(timeout=20)
        return process

    @property
    def done(self):
        return self.log.read_text().splitlines() if self.log.exists() else []

    def pip(self):
        return [line.split()[2] for line in self.done if line.startswith("-m pip")]

    def wait_for(self, words):
        for _ in range(200):
            if any(words in line for line in self.done):
                return
            time.sleep(0.02)
        pytest.fail(f"{words} never happened: {self.done}")


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def assert_refused(process, code, *words):
    assert process.returncode == code
    assert len(process.err.strip().splitlines()) == 1
    for word in words:
        assert word in process.err


@pytest.mark.parametrize("words", [(), ("help",), ("-h",), ("--help",)])
def test_help_names_the_commands_and_installs_nothing(clone, words):
    process = clone.run(*words)
    assert process.returncode == 0
    for command in ("./run demo", "./run test", "./run manage"):
        assert command in process.out
    assert not clone.venv.exists()


def test_an_unknown_word_is_named_and_help_is_shown_the_way_to(clone):
    assert_refused(clone.run("demmo"), 2, "demmo", "./run for hjælp")


def test_an_unknown_option_of_demo_is_named(clone):
    assert_refused(clone.run("demo", "--prot", "8001"), 2, "--prot")
    assert_refused(clone.run("demo", "--port", "8001", "nu"), 2, "nu")


@pytest.mark.parametrize("port", ["", "0", "65536", "123456789", "80a", "-1", "8 0"])
def test_a_port_that_is_no_port_is_refused(clone, port):
    assert_refused(clone.run("demo", "--port", port), 2, "--port", "65535")


def test_a_port_that_is_left_out_is_asked_for(clone):
    assert_refused(clone.run("demo", "--port"), 2, "--port")


def test_a_taken_port_is_told_before_anything_is_installed(clone, taken_port):
    process = clone.run("demo", "--port", str(taken_port))
    assert_refused(process, 5, f"Port {taken_port} er optaget", "./run demo --port ")
    assert clone.done == []


def test_without_python_one_is_told_what_to_install(clone):
    (clone.bin / "python3").unlink()
    assert_refused(clone.run("test"), 3, "Python", "3.11", "installér")


def test_a_python_that_is_too_old_is_named(clone):
    assert_refused(clone.run("test", FAKE_VERSION="3.9"), 3, "3.9", "3.11")
    assert_refused(clone.run("test", FAKE_VERSION="2.7"), 3, "2.7", "3.11")


def test_a_newer_python_is_found_beside_one_that_is_too_old(clone):
    clone.tool("python3.12", FAKE_PYTHON)
    clone.tool("python3", "#!/bin/sh\necho 3.9\n")
    assert clone.run("test").returncode == 0


def test_a_python_of_ones_own_is_used_wherever_it_lies(clone):
    (clone.bin / "python3").rename(clone.bin / "min python")
    assert clone.run("test", PYTHON=str(clone.bin / "min python")).returncode == 0


def test_a_python_of_ones_own_that_is_not_there_is_named(clone):
    assert_refused(clone.run("test", PYTHON="/findes/ikke"), 3, "/findes/ikke")


def test_without_the_venv_module_the_debian_package_is_named(clone):
    process = clone.run("test", FAKE_VENV_MISSING="1")
    assert_refused(process, 4, "apt install python3-venv")
    assert not clone.venv.exists()


def test_a_full_disk_is_told_before_anything_is_fetched(clone):
    process = clone.run("test", FAKE_FREE="1400000")
    assert_refused(process, 6, "plads")
    assert clone.done == []
    assert not clone.venv.exists()


def test_a_disk_that_fills_up_on_the_way_is_told_as_that(clone):
    process = clone.run("test", FAKE_PIP_FAILS="install", FAKE_PIP_SAYS="[Errno 28] No space left on device")
    assert_refused(process, 6, "Disken")
    assert not clone.venv.exists()


@pytest.mark.parametrize("stage", ["download", "install"])
def test_a_failed_install_leaves_nothing_half_made(clone, stage):
    process = clone.run("test", FAKE_PIP_FAILS=stage, FAKE_PIP_SAYS="no network")
    assert_refused(process, 7, "net", "var/install.log")
    assert not clone.venv.exists()
    assert "no network" in (clone.root / "var/install.log").read_text()
    assert clone.run("test").returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_install_leaves_nothing_half_made(clone, number):
    process = clone.start("test", FAKE_PIP_SECONDS="15")
    clone.wait_for("pip download")
    began = time.monotonic()
    process.send_signal(number)
    assert process.wait(10) == 128 + number
    assert not clone.venv.exists()
    # Whatever pip had started is gone too, or it would hold up the next start.
    assert clone.run("test").returncode == 0
    assert time.monotonic() - began < 8


def test_a_venv_without_its_marker_is_made_again(clone):
    (clone.venv / "bin").mkdir(parents=True)
    assert clone.run("test").returncode == 0
    assert any(line.startswith("-m venv --clear") for line in clone.done)


def test_test_hands_its_arguments_to_pytest_from_a_path_with_spaces(clone):
    assert clone.run("test", "-k", "a b").returncode == 0
    assert clone.done[-1] == "-m pytest -k a b"


def test_manage_hands_its_arguments_to_manage_py(clone):
    assert clone.run("manage", "check", "--deploy").returncode == 0
    assert clone.done[-1] == "manage.py check --deploy"


def test_packages_are_fetched_by_hash_and_installed_without_the_network(clone):
    clone.run("test")
    download, install = [line for line in clone.done if line.startswith("-m pip")]
    assert "--require-hashes" in download
    assert "--require-hashes" in install
    assert "--no-index" in install


def test_a_second_start_installs_nothing(clone):
    clone.run("test")
    clone.run("test")
    clone.run("manage", "check")
    assert clone.pip() == ["download", "install"]


def test_the_packages_of_the_tests_are_put_on_top_of_those_of_the_demo(clone):
    clone.run("manage", "check")
    clone.run("test")
    clone.run("manage", "check")
    assert clone.pip() == ["download", "install"] * 2
    assert len([line for line in clone.done if line.startswith("-m venv")]) == 1


def test_a_changed_lock_is_installed(clone):
    clone.run("test")
    clone.lock("dev", "pytest==2")
    clone.run("test")
    assert clone.pip() == ["download", "install"] * 2


def test_without_a_network_a_changed_lock_leaves_the_old_packages_standing(clone):
    clone.run("test")
    clone.lock("dev", "pytest==2")
    assert clone.run("test", FAKE_PIP_FAILS="download").returncode == 7
    clone.lock("dev", "pytest==1")
    assert clone.run("test").returncode == 0
    assert clone.pip() == ["download", "install", "download"]


def test_two_starts_at_once_install_once(clone):
    first = clone.start("test", FAKE_PIP_SECONDS="0.3")
    clone.wait_for("pip download")
    second = clone.run("test")
    first.communicate(timeout=10)
    assert (first.returncode, second.returncode) == (0, 0)
    assert "Venter" in second.out
    assert clone.pip() == ["download", "install"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, (0, 130)), (signal.SIGTERM, (0, -15, 143))])
def test_the_demo_tells_its_address_and_sign_ins_when_it_answers_and_stops_when_asked(clone, number, code):
    port = free_port()
    process = clone.start("demo", "--port", str(port))
    told = []
    for line in process.stdout:
        told.append(line)
        if "Ctrl-C" in line:
            break
    os.killpg(process.pid, number)
    process.communicate(timeout=10)
    assert f"http://127.0.0.1:{port}/" in "".join(told)
    assert "anna@example.dk" in "".join(told)
    assert process.returncode in code
    assert [line.split()[1] for line in clone.done if line.startswith("manage.py")] == [
        "migrate",
        "load_campaign",
        "load_demo",
        "collectstatic",
    ]
