"""What a file is, seen from its content; what is made to harm is refused in words, and harms nobody."""

import io
import os
import resource
import time

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from network.examine import examine
from network.filenames import LONGEST, safe_name
from tests.network import made_files as made

WEBPAGE = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def refused(name, content):
    with pytest.raises(ValidationError) as refusal:
        examine(made.on_disk(name, content))
    return refusal.value.messages[0]


def kept(name, content):
    return examine(made.on_disk(name, content))


def bytes_of(file):
    file.seek(0)
    return file.read()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (made.PDF, "pdf"),
        (made.docx(), "docx"),
        (made.xlsx(), "xlsx"),
        (made.pptx(), "pptx"),
        (made.opendocument(), "odt"),
        (made.opendocument("spreadsheet"), "ods"),
        (made.opendocument("presentation"), "odp"),
        (made.picture("JPEG"), "jpg"),
        (made.picture("PNG"), "png"),
        (made.picture("WEBP"), "webp"),
        (made.picture("AVIF"), "avif"),
        (made.moving(1), "gif"),
        ("æøå er også tekst".encode(), "txt"),
        ("æøå fra en gammel maskine".encode("cp1252"), "txt"),
        ("æøå fra et regneark".encode("utf-16"), "txt"),
    ],
)
def test_each_kind_that_is_taken_is_known_by_its_content_whatever_it_is_called(content, kind):
    name = "uden endelse" if kind == "txt" else "forkert.pdf"
    found = kept(name, content)
    assert found.kind.name == kind
    assert found.name == ("uden endelse.txt" if kind == "txt" else f"forkert.{kind}")


def test_text_that_is_called_csv_is_csv():
    assert kept("tal.csv", b"kommune;huse\nLemvig;12\n").kind.mime == "text/csv"


@pytest.mark.parametrize("name", ["billede.png", "rapport.pdf", "side.html", "notat.txt", "tegning.svg", "brev.docx"])
@pytest.mark.parametrize(
    "content", [WEBPAGE, SVG, b"\xef\xbb\xbf \n<?xml version='1.0'?><a/>", b"#!/bin/sh\nrm -rf /"]
)
def test_no_webpage_drawing_or_program_is_taken_whatever_it_is_called(name, content):
    assert "webside eller et program" in refused(name, content)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("kør.js", b"alert(1)", "ikke en af de slags filer"),
        ("virus.exe", b"MZ\x90\x00\x03\x00\x00\x00", "ikke en af de slags filer"),
        ("virus.pdf", b"\x7fELF\x02\x01\x01\x00", "ikke en af de slags filer"),
        ("arkiv.zip", made.zipped([("a.txt", "hej")]), "ikke en af de slags filer"),
        ("arkiv.docx", made.zipped([("a.exe", b"MZ")]), "ikke en af de slags filer"),
        ("program.jar", made.zipped([("META-INF/MANIFEST.MF", "Main-Class: X")]), "ikke en af de slags filer"),
        ("rapport.pdf", b"Det er bare tekst.", "hedder noget andet"),
        ("gammel.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "ældre Office-format"),
        ("foto.jpg", b"\x00\x00\x00\x18ftypheic" + bytes(100), "HEIC"),
        ("brev.docx", made.macros(), "makroer"),
        (
            "brev.docm",
            made.zipped(
                [("[Content_Types].xml", made.types("application/vnd.ms-word.document.macroEnabled.main+xml"))]
            ),
            "makroer",
        ),
        ("brev.odt", made.opendocument()[:-40], "beskadiget"),
        ("tom.pdf", b"", "er tom"),
        ("billede.bmp", b"BM" + bytes(200), "ikke en af de slags filer"),
        ("fits.jpg", b"SIMPLE  =                    T" + bytes(3000), "ikke en af de slags filer"),
    ],
)
def test_what_is_not_taken_is_refused_with_its_name_and_the_reason(name, content, said):
    sentence = refused(name, content)
    assert said in sentence
    assert f"»{name}«" in sentence


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\..\\windows\\x", "C:\\x", "word/../../x"])
def test_an_office_file_with_a_part_that_leads_out_of_its_folder_is_refused(name):
    good = [("[Content_Types].xml", made.types(f"{made.WORD}.main+xml")), ("word/document.xml", "<w/>")]
    assert kept("brev.docx", made.zipped(good)).kind.name == "docx"
    assert "beskadiget" in refused("brev.docx", made.zipped([*good, (name, "x")]))


# --- pictures -----------------------------------------------------------------------------------------


def test_a_picture_is_made_anew_upright_and_without_where_and_when_it_was_taken():
    original = made.photograph("Hemmelig Villavej 7")
    found = kept("havn.jpg", original)
    stored = bytes_of(found.content)
    assert stored != original
    assert b"Hemmelig" in original
    assert b"Hemmelig" not in stored + bytes_of(found.thumbnail)
    image = Image.open(io.BytesIO(stored))
    assert not image.getexif()
    assert {"exif", "xmp", "comment", "icc_profile"}.isdisjoint(image.info)
    assert (found.width, found.height) == image.size == (40, 60)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF", "GIF"])
def test_no_word_beside_the_picture_goes_along_in_any_format(form):
    exif = Image.Exif()
    exif[0x010E] = "Hemmelig Villavej 7"
    options = {"GIF": {"comment": b"Hemmelig Villavej 7"}, "PNG": {"exif": exif}}.get(form, {"exif": exif})
    original = made.picture(form, **options)
    assert b"Hemmelig" in original
    assert b"Hemmelig" not in bytes_of(kept("x." + form.lower(), original).content)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_a_picture_that_moves_keeps_its_frames(form):
    stored = bytes_of(kept("x.gif", made.moving(4, form)).content)
    assert Image.open(io.BytesIO(stored)).n_frames == 4


def test_a_large_picture_has_a_small_one_beside_it():
    found = kept("stor.png", made.picture("PNG", (2000, 1000)))
    assert Image.open(found.thumbnail).size == (640, 320)
    assert (found.width, found.height) == (2000, 1000)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_what_hides_behind_a_picture_is_left_behind(form):
    """A file that is a picture to one program and a webpage or a script to another."""
    original = made.picture(form) if form != "GIF" else made.moving(1)
    found = kept("dobbelt.html", original + WEBPAGE)
    assert b"script" not in bytes_of(found.content)
    assert found.name == f"dobbelt.html.{found.kind.name}"


def test_a_gif_that_is_also_a_script_becomes_a_gif_alone_or_nothing():
    head = b"GIF89a=1;/*" + bytes(40) + b"*/;alert(document.domain)//"
    assert "beskadiget" in refused("kør.gif", head)


def test_a_jpeg_with_a_webpage_in_its_comment_loses_it():
    stored = bytes_of(kept("x.jpg", made.picture("JPEG", comment=WEBPAGE)).content)
    assert b"<script" not in stored


@pytest.mark.parametrize("cut", [30, 200, 500])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_a_picture_that_is_cut_off_is_refused_as_broken(form, cut):
    noise = Image.frombytes("RGB", (64, 64), os.urandom(64 * 64 * 3))
    out = io.BytesIO()
    noise.save(out, form)
    assert "»halvt.jpg«" in refused("halvt.jpg", out.getvalue()[:cut])


@pytest.mark.parametrize(
    "make",
    [
        lambda: made.png_of(60_000, 60_000, rows=1),
        lambda: made.png_of(7_000, 7_000, rows=7_000),  # 49 megapixels in 48 kB
        lambda: made.moving(301),
        lambda: b"GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x02D\x01\x00;",
    ],
    ids=["huge-in-its-head", "bomb", "frames", "huge-gif"],
)
def test_a_picture_that_would_fill_the_memory_is_refused_quickly_and_the_site_stands(make):
    content = make()
    before, began = used(), children_used()
    assert "for stor" in refused("bombe.png", content)
    assert children_used() - began < 2
    assert used() < before + 64 * 1024


def used():
    """The most memory this process has had so far, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def children_used():
    """The seconds of work that the processes started from here have done."""
    did = resource.getrusage(resource.RUSAGE_CHILDREN)
    return did.ru_utime + did.ru_stime


@pytest.mark.parametrize(
    "make",
    [
        lambda: made.zipped([("[Content_Types].xml", b"0" * 2_000_000)]),
        lambda: made.unpacks_to(megabytes=260),
        lambda: made.many_parts(12_000),
    ],
    ids=["table", "unpacked", "parts"],
)
def test_an_office_file_that_would_fill_the_memory_is_refused_and_the_site_stands(make):
    content = make()
    before = used()
    assert "for stor" in refused("bombe.docx", content)
    assert used() < before + 64 * 1024


def test_a_program_that_never_ends_is_ended(monkeypatch, tmp_path):
    from network import examine as room

    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(room, "PROGRAM", sleeper)
    monkeypatch.setattr(room, "SECONDS", 0.5)
    began = time.monotonic()
    assert "for stor" in refused("x.png", made.picture("PNG"))
    assert time.monotonic() - began < 10


def test_a_program_that_is_killed_is_a_file_that_is_refused(monkeypatch, tmp_path):
    from network import examine as room

    victim = tmp_path / "victim.py"
    victim.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr(room, "PROGRAM", victim)
    assert "for stor" in refused("x.png", made.picture("PNG"))


# --- names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\mig\\Referat.pdf", "Referat.pdf"),
        ("rapport\u202efdp.exe", "rapportfdp.exe"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "ab Set-Cookie- x.pdf"),
        ("  .htaccess", "htaccess"),
        ("..", "fil"),
        ("", "fil"),
        ("\u200b\u2066", "fil"),
        ('<img src=x onerror="alert(1)">.png', "-img src=x onerror=-alert(1)--.png"),
        ("Æblegrød på Bornholm.docx", "Æblegrød på Bornholm.docx"),
        ("A\u030a.pdf", "Å.pdf"),
    ],
)
def test_a_name_keeps_its_words_and_loses_what_deceives(given, name):
    assert safe_name(given) == name


def test_a_very_long_name_keeps_its_ending():
    name = safe_name("x" * 300 + ".pdf")
    assert len(name) == LONGEST
    assert name.endswith("x.pdf")
