"""Files for the tests, good and hostile, made here and not kept in the house."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from docx import Document
from openpyxl import Workbook
from PIL import Image


def pdf(text="svanevinge"):
    """A PDF of one page, its table of places computed."""
    drawn = f"BT /F1 24 Tf 50 100 Td ({text}) Tj ET".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 6\n0000000000 65535 f \n" + rows
    return out + table + b"trailer\n<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


PDF = pdf()
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def upload(name, content):
    return SimpleUploadedFile(name, content)


def on_disk(name, content):
    """As the handler of uploads hands it out: in a temporary file."""
    file = TemporaryUploadedFile(name, "application/octet-stream", len(content), None)
    file.write(content)
    file.seek(0)
    return file


def docx(text="svanevinge"):
    document, out = Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def xlsx(text="svanevinge"):
    book, out = Workbook(), io.BytesIO()
    book.active["A1"] = text
    book.save(out)
    return out.getvalue()


def zipped(parts, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return out.getvalue()


def types(*names):
    rows = "".join(f'<Override PartName="/x" ContentType="{name}"/>' for name in names)
    return f"<?xml version='1.0'?><Types>{rows}</Types>"


def pptx(text="svanevinge"):
    kind = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    slide = f"<p:sld><a:p><a:r><a:t>{text[:4]}</a:t></a:r><a:r><a:t>{text[4:]}</a:t></a:r></a:p></p:sld>"
    return zipped([("[Content_Types].xml", types(kind)), ("ppt/slides/slide1.xml", slide)])


def opendocument(kind="text", text="svanevinge"):
    mime = f"application/vnd.oasis.opendocument.{kind}"
    content = f"<office:document-content><text:p>{text}</text:p></office:document-content>"
    return zipped([("mimetype", mime), ("content.xml", content)], zipfile.ZIP_STORED)


def macros():
    """A Word file with a macro, under the type of one without."""
    return zipped([("[Content_Types].xml", types(f"{WORD}.main+xml")), ("word/vbaProject.bin", b"Sub AutoOpen()")])


def picture(form="JPEG", size=(60, 40), colour=(200, 30, 30), **options):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form, **options)
    return out.getvalue()


def photograph(words="Hemmelig Villavej 7"):
    """A JPEG that lies on its side, with the place it was taken in and words in every corner of the file."""
    image, out = Image.new("RGB", (60, 40), (10, 120, 200)), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    exif[0x010E] = words
    exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 40.0, 12.0)})
    image.save(out, "JPEG", exif=exif, comment=words.encode(), xmp=f"<x>{words}</x>".encode())
    return out.getvalue()


def moving(frames=3, form="GIF", size=(20, 20)):
    pages = [Image.new("RGB", size, (number * 37 % 256, number * 59 % 256, 90)) for number in range(frames)]
    out = io.BytesIO()
    pages[0].save(out, form, save_all=True, append_images=pages[1:], duration=20, loop=0)
    return out.getvalue()


def png_of(width, height, rows=0):
    """A PNG that tells of `width` and `height`, and holds so many black rows; never unpacked in this process."""

    def chunk(name, content):
        return struct.pack("!I", len(content)) + name + content + struct.pack("!I", zlib.crc32(name + content))

    head = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packer, row = zlib.compressobj(9), bytes(width + 1)
    packed = b"".join(packer.compress(row) for _number in range(rows)) + packer.flush()
    body = chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def unpacks_to(megabytes):
    """A Word file of a few kilobytes that is huge when it is unpacked; never unpacked in this process."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types(f"{WORD}.main+xml"))
        with archive.open("word/document.xml", "w") as part:
            for _megabyte in range(megabytes):
                part.write(bytes(1_000_000))
    return out.getvalue()


def many_parts(number):
    """A zip whose table alone would fill the memory of whoever reads it."""
    return zipped(((f"{n}.xml", b"") for n in range(number)), zipfile.ZIP_STORED)
