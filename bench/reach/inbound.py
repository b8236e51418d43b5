"""What a large mail costs to take in: peak memory and CPU of the command at the end of the pipe.

    python bench/reach/inbound.py [--folder DIR] [--megabytes 25]

A scratch SQLite is made in a temporary folder. The mail holds a file of random bytes that is named PDF, so that it
cannot be packed; the process is the one a mail server starts, `manage.py receive_mail`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from email import policy
from email.message import EmailMessage
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024
ROOM = 256 * MEGABYTE


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--megabytes", type=int, default=25, help="of the whole mail")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(options.folder or Path(folder), options.megabytes)


def measure(folder, megabytes):
    member, address = prepare(folder)
    small = taken(folder, mail(member, address, 1000, 1))
    size = megabytes * MEGABYTE
    raw = mail(member, address, int(size / 1.37), 2)  # base64 with its line ends takes so much more
    large = taken(folder, raw)
    for name, (peak, seconds) in (("1 KB", small), (f"{len(raw) / MEGABYTE:.1f} MB", large)):
        print(f"mail of {name:>8}: {peak / MEGABYTE:6.1f} MiB at most, {seconds:5.2f} s CPU")
    print("within 256 MiB" if large[0] <= ROOM else "MORE THAN 256 MiB")
    sys.exit(large[0] > ROOM)


def prepare(folder):
    """Make a scratch database with a thread and a member who may answer it."""
    os.environ["VAR_DIR"] = str(folder.resolve())
    os.environ["DATABASE_URL"] = f"sqlite:///{folder.resolve() / 'bench.sqlite3'}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    os.environ["PYTHONPATH"] = f"{ROOT / 'site'}{os.pathsep}{ROOT}"
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from network.by_mail import answer_headers
    from tests.factories import MemberFactory, SpaceFactory, ThreadFactory

    thread = ThreadFactory(space=SpaceFactory(kind="open"), author=MemberFactory())
    return thread.author.email, answer_headers(thread.author, thread)["Reply-To"]


def mail(member, address, length, number):
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = member, address, "Re: målt"
    message["Message-ID"] = f"<bench-{number}@eksempel.example>"
    message.set_content("Filen er her.\n\nMvh\nBo")
    content = b"%PDF-1.7\n" + os.urandom(length)
    message.add_attachment(content, maintype="application", subtype="pdf", filename="stor.pdf")
    return message.as_bytes()


# What `manage.py` does, and then what the process held at most: what the kernel tells the parent of a child holds the
# parent's own, for it was the same process until it began.
COMMAND = """
import sys
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "receive_mail"])
told = open("/proc/self/status").read()
print(told.split("VmHWM:")[1].split()[0], file=sys.stderr)
"""


def taken(folder, raw):
    """Return the peak of memory in bytes and the CPU seconds of the command that takes `raw` in."""
    kept = folder / "mail.eml"
    kept.write_bytes(raw)
    with kept.open("rb") as source:
        process = subprocess.Popen([sys.executable, "-c", COMMAND], stdin=source, stderr=subprocess.PIPE, text=True)
        told = process.stderr.read()
        _pid, status, used = os.wait4(process.pid, 0)
    assert not status, told
    return int(told.split()[-1]) * 1024, used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
