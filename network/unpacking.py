"""A program: it opens what may be made to harm, so that the site need not. It knows nothing of the house.

`picture`: the picture on standard input is made anew, upright and without a word of where, when and by what it was
taken. On standard output stand a line of JSON (`format`, `width`, `height`, `picture`, `thumbnail`: the two lengths)
and the two pictures. `office`: on standard output stands which kind of Office file it is.

Ends with 0, or with a code of `REFUSED`. Whoever starts it sets a limit to the time; it sets the others itself.
"""

import errno
import io
import json
import re
import sys
import warnings
import zipfile

MEMORY = 512 * 1024 * 1024
SECONDS = 10
LARGEST_OUTPUT = 64 * 1024 * 1024
BROKEN, HUGE, MACROS, ARCHIVE, LOCKED, NO_ROOM = REFUSED = (2, 3, 4, 5, 6, 7)

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]
MAX_PIXELS = 40_000_000
MAX_FRAMES = 300
MAX_PIXELS_OF_FRAMES = 200_000_000
THUMBNAIL = (640, 480)
SAVED_AS = {
    "JPEG": {"quality": 88},
    "WEBP": {"quality": 85, "method": 2},
    "AVIF": {"quality": 75, "speed": 9, "max_threads": 1},
    "PNG": {"compress_level": 4},
    "GIF": {},
}
MODES = {"JPEG": {"L", "RGB"}, "WEBP": {"RGB", "RGBA"}, "AVIF": {"RGB", "RGBA"}}

MAX_PARTS = 10_000
MAX_UNPACKED = 250_000_000
MAX_TABLE = 1_000_000
OPEN_XML = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"presentationml.presentation.main+xml": "pptx",
}
OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_TYPE = re.compile(rb"ContentType\s*=\s*[\"']([^\"']+)[\"']")
_MACRO_TYPE = re.compile(rb"macroenabled|vbaproject|macrosheet", re.IGNORECASE)
_MACRO_PART = re.compile(r"(^|/)vba(project|data)|(^|/)macrosheets/|^basic/|^scripts/", re.IGNORECASE)


class Refused(Exception):
    """`args[0]` is the code to end with."""


# --- pictures -----------------------------------------------------------------------------------------


def picture(source, out) -> None:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        _picture(Image.open(source, formats=FORMATS), out)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as bomb:
        raise Refused(HUGE) from bomb


def _picture(image, out):
    form = image.format
    if image.width * image.height > MAX_PIXELS:
        raise Refused(HUGE)
    main, thumbnail = io.BytesIO(), io.BytesIO()
    if getattr(image, "is_animated", False):
        width, height = image.size
        _check_frames(image)
        _small(image, thumbnail)
        image.seek(0)
        _strip(image)
        # Said for every writer, each of which has its own idea of what it brings along from the file.
        image.save(main, form, save_all=True, exif=b"", xmp=b"", comment=b"", icc_profile=None, **SAVED_AS[form])
    else:
        upright = _upright(image, form)
        width, height = upright.size
        upright.save(main, form, **SAVED_AS[form])
        _small(upright, thumbnail)
    head = {"format": form, "width": width, "height": height}
    head |= {"picture": main.tell(), "thumbnail": thumbnail.tell()}
    out.write(json.dumps(head).encode() + b"\n")
    out.write(main.getbuffer())
    out.write(thumbnail.getbuffer())


def _check_frames(image):
    """Count by turning the pages: the number that a file tells of itself is not to be trusted."""
    for number in range(MAX_FRAMES + 1):
        try:
            image.seek(number)
        except EOFError:
            break
    else:
        raise Refused(HUGE)
    if number * image.width * image.height > MAX_PIXELS_OF_FRAMES:
        raise Refused(HUGE)
    image.seek(0)


def _strip(image):
    kept = ("transparency", "duration", "loop", "background", "disposal", "blend", "default_image")
    image.info = {key: image.info[key] for key in kept if key in image.info}


def _upright(image, form):
    from PIL import ImageOps

    ImageOps.exif_transpose(image, in_place=True)
    image = _common_colours(image)
    image.info = {key: image.info[key] for key in ("transparency",) if key in image.info and form in ("PNG", "GIF")}
    modes = MODES.get(form)
    if modes and image.mode not in modes:
        has_alpha = form != "JPEG" and image.mode in ("RGBA", "LA", "PA", "P")
        image = image.convert("RGBA" if has_alpha else "RGB")
    return image


def _common_colours(image):
    """Bring the colours into sRGB, so that no profile of the camera need go along."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    from PIL import ImageCms

    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        common = ImageCms.createProfile("sRGB")
        if image.mode in ("RGB", "RGBA"):
            ImageCms.profileToProfile(image, own, common, inPlace=True)
        elif image.mode == "CMYK":
            return ImageCms.profileToProfile(image, own, common, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):  # a profile that is broken is left out
        pass
    return image


def _small(image, out):
    width, height = image.size
    share = min(THUMBNAIL[0] / width, THUMBNAIL[1] / height, 1)
    size = max(round(width * share), 1), max(round(height * share), 1)
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    if image.mode in ("P", "1", "I;16", "I", "F", "CMYK"):
        image = image.convert("RGBA" if has_alpha else "RGB")
    small = image.resize(size, reducing_gap=2.0) if size != image.size else image
    small = small.convert("RGBA" if has_alpha else "RGB")
    small.info = {}
    small.save(out, "WEBP", quality=80, method=2)


# --- office -------------------------------------------------------------------------------------------


def office(source, out) -> None:
    with zipfile.ZipFile(source) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise Refused(HUGE)
        if any(part.flag_bits & 1 for part in parts):
            raise Refused(LOCKED)
        if any(_leads_out(part.orig_filename) for part in parts):
            raise Refused(BROKEN)
        kind = _open_xml(archive) or _open_document(archive)
        if any(_MACRO_PART.search(part.filename) for part in parts):
            raise Refused(MACROS if kind else ARCHIVE)
    if not kind:
        raise Refused(ARCHIVE)
    out.write(kind.encode())


def _leads_out(name):
    """Would it be written beside the folder it is unpacked in? We do not unpack; whoever takes the file may."""
    parts = re.split(r"[/\\]", name)
    return ".." in parts or parts[0] == "" or ":" in parts[0] or "\0" in name


def _open_xml(archive):
    if "[Content_Types].xml" not in archive.namelist():
        return ""
    types = _TYPE.findall(_read(archive, "[Content_Types].xml"))
    if any(_MACRO_TYPE.search(name) for name in types):
        raise Refused(MACROS)
    found = {kind for name in types for end, kind in OPEN_XML.items() if name.strip().endswith(end)}
    return found.pop() if len(found) == 1 else ""


def _open_document(archive):
    first = archive.infolist()[0] if archive.infolist() else None
    if first is None or first.filename != "mimetype" or first.header_offset != 0:
        return ""
    return OPEN_DOCUMENT.get(_read(archive, "mimetype").strip(), "")


def _read(archive, name):
    with archive.open(name) as part:
        content = part.read(MAX_TABLE + 1)
    if len(content) > MAX_TABLE:
        raise Refused(HUGE)
    return content


# --- the program --------------------------------------------------------------------------------------


def limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows; there the time limit of the caller remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OUTPUT, LARGEST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    limit()
    open_up = {"picture": picture, "office": office}[sys.argv[1]]
    try:
        open_up(sys.stdin.buffer, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except Refused as refusal:
        return refusal.args[0]
    except MemoryError:
        return HUGE
    except OSError as fault:
        return {errno.ENOSPC: NO_ROOM, errno.EDQUOT: NO_ROOM, errno.EFBIG: HUGE}.get(fault.errno, BROKEN)
    except Exception as fault:  # whatever a hostile file sets off ends here
        sys.stderr.write(f"{type(fault).__name__}\n")
        return BROKEN
    return 0


if __name__ == "__main__":
    sys.exit(main())
