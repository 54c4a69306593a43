"""Makers of receipts for tests: small pictures with all the metadata a camera writes, and files that lie."""

import struct
import zlib
from io import BytesIO

import pillow_heif
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

SIZE = (48, 32)
LARGE = {"max_bytes": 1_000_000, "max_pixels": 1_000_000}
"""Limits that every well-made picture below is within."""
PLACE = b"48.8583,2.2944"
"""Stands in every kind of metadata that the makers write: where a picture was taken."""
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description exif:GPSLatitude="' + PLACE + b'"/></rdf:RDF></x:xmpmeta>'
)
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
HTML = b"<html><script>alert(1)</script></html>"


def image(shift: int = 0) -> Image.Image:
    """A gradient, so that a turned, cut or re-encoded picture differs from it."""
    width, height = SIZE
    pixels = bytes(
        value
        for y in range(height)
        for x in range(width)
        for value in ((x * 5 + shift) % 256, (y * 7) % 256, (x * y + shift) % 256)
    )
    return Image.frombytes("RGB", SIZE, pixels)


def exif(orientation: int = 6) -> bytes:
    """EXIF with an orientation, a GPS block and a maker note."""
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010E] = PLACE.decode()
    block.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 29.9), 3: "E", 4: (2.0, 17.0, 40.2), 29: PLACE.decode()})
    block.get_ifd(0x8769).update({0x927C: b"maker note " + PLACE})
    return block.tobytes()


def segment(marker: int, body: bytes) -> bytes:
    """A JPEG segment."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(orientation: int = 6, *, progressive: bool = False, tail: bytes = b"") -> bytes:
    """A JPEG with EXIF, XMP, extended XMP, IPTC, a comment and a colour profile; ``tail`` follows its end."""
    out = BytesIO()
    image().save(out, "JPEG", exif=exif(orientation), icc_profile=ICC, comment=PLACE, progressive=progressive)
    data = out.getvalue()
    extra = (
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
        + segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 40 + XMP)
        + segment(0xE2, b"FPXR\0" + PLACE)
        + segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\x10" + PLACE + b"\0\0")
    )
    return data[:2] + extra + data[2:] + tail


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """A PNG chunk with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(orientation: int = 6, *, tail: bytes = b"") -> bytes:
    """A PNG with eXIf, XMP, text, compressed text, a chunk of nobody's and a colour profile."""
    text = PngInfo()
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    text.add_text("Location", PLACE.decode())
    text.add_text("Comment", PLACE.decode(), zip=True)
    text.add(b"gpSs", PLACE)
    out = BytesIO()
    image().save(out, "PNG", exif=exif(orientation), pnginfo=text, icc_profile=ICC)
    return out.getvalue() + tail


def animated_png() -> bytes:
    """A PNG of three frames."""
    out = BytesIO()
    image().save(out, "PNG", save_all=True, append_images=[image(40), image(80)])
    return out.getvalue()


def gif(frames: int = 3, *, tail: bytes = b"") -> bytes:
    """An animated GIF with a comment and XMP, in three different frames or in ``frames`` of them."""
    out = BytesIO()
    first, *others = [image(40 * index).quantize(32) for index in range(frames)]
    first.save(out, "GIF", save_all=True, append_images=others, comment=PLACE, duration=70, loop=0)
    data = out.getvalue()
    blocks = b"\x21\xff\x0bXMP DataXMP" + bytes([len(PLACE)]) + PLACE + b"\0"
    return data[:-1] + blocks + b";" + tail


def webp(orientation: int = 6, *, frames: int = 1, lossless: bool = True, tail: bytes = b"") -> bytes:
    """A WebP with EXIF, XMP and a colour profile."""
    out = BytesIO()
    others = [image(40 * index) for index in range(1, frames)]
    image().save(
        out,
        "WEBP",
        lossless=lossless,
        exif=exif(orientation),
        xmp=XMP,
        icc_profile=ICC,
        save_all=frames > 1,
        append_images=others,
    )
    return out.getvalue() + tail


def plain_webp(*, lossless: bool) -> bytes:
    """A WebP that is its coded picture and no more."""
    out = BytesIO()
    image().save(out, "WEBP", lossless=lossless)
    return out.getvalue()


def heic(*, tile_size: int = 0, tail: bytes = b"") -> bytes:
    """A HEIC picture, in tiles if they have a size as phones do it, with EXIF, XMP and a colour profile."""
    out = BytesIO()
    heif = pillow_heif.from_pillow(image())
    heif.info["icc_profile"] = ICC
    heif.save(out, quality=60, exif=exif(1), xmp=XMP, tile_size=tile_size)
    return out.getvalue() + tail


def pdf(*, tail: bytes = b"") -> bytes:
    """A PDF of one empty page, without the table that readers can rebuild."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n" + tail
    )


def png_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that claims billions of pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(kind, body) for kind, body in parts)


def jpeg_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A JPEG whose header claims billions of pixels."""
    data = jpeg()
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def gif_bomb(frames: int) -> bytes:
    """A GIF of one pixel and many frames, ten bytes or so for each."""
    frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    return b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + frame * frames + b";"


def webp_bomb() -> bytes:
    """A WebP whose header claims 16384 x 16384 pixels."""
    data = webp()
    return data[:24] + b"\xff\x3f\0\xff\x3f\0" + data[30:]
