"""QR codes of links."""

from __future__ import annotations

import io

from cohort.exports.printable import visible


def qr_png(link: str) -> bytes | None:
    """A QR code of a link as PNG; None where the link is longer than a code can hold.

    A long link gets the lowest level of error correction, which keeps the modules large enough to be read off a wall.
    """
    import segno

    file = io.BytesIO()
    try:
        segno.make_qr(visible(link), error="l" if len(link) > 300 else "m").save(file, kind="png", scale=8, border=2)
    except segno.DataOverflowError:
        return None
    return file.getvalue()
