"""QR: an address as a square, for PDF and the page (SVG) and for Word (PNG)."""

import io

QUIET = 4  # modules, as ISO/IEC 18004 asks


def svg(address: str) -> str:
    return _made("svg", address, xmldecl=False, svgns=True, light=None).decode()


def png(address: str) -> bytes:
    return _made("png", address, scale=8)


def _made(kind: str, address: str, **more: object) -> bytes:
    import segno

    out = io.BytesIO()
    segno.make_qr(address, error="m").save(out, kind=kind, border=QUIET, dark="#000000", **more)
    return out.getvalue()
