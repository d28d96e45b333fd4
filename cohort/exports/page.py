"""One HTML file that needs no network and runs nothing: every text escaped, scripts refused by its own policy."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

from cohort.exports.printable import is_number, printable

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light; }
body { margin: 2.5rem auto; max-width: 60rem; padding: 0 1.5rem; color: #1b2430; background: #fff;
  font: 16px/1.5 "Liberation Sans", Arial, Helvetica, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin: 2.2rem 0 0.5rem; }
p { margin: 0.5rem 0; } figure { margin: 1rem 0; } img { width: 100%; height: auto; }
figcaption, .notes { font-size: 0.85rem; color: #4a5563; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; border-top: 1.5px solid; border-bottom: 1.5px solid; font-size: 0.88rem;
  font-variant-numeric: tabular-nums; min-width: 50%; overflow-wrap: break-word; }
caption { text-align: left; padding-bottom: 0.4rem; }
th { border-bottom: 1px solid; vertical-align: bottom; } th, td { padding: 0.25rem 1.2rem 0.25rem 0; text-align: left; }
td { vertical-align: top; } .n { text-align: right; }
footer { margin-top: 3rem; border-top: 1px solid #9aa5b1; padding-top: 0.6rem; font-size: 0.85rem; color: #4a5563; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } figure, tr { break-inside: avoid; }
  h2 { break-after: avoid; } }
"""


def page(title: str, body: Iterable[str], footer: str = "") -> bytes:
    """A whole page.

    Parameters
    ----------
    title, footer : plain text
    body : markup made by the other functions of this module
    """
    foot = f"<footer>{text(footer)}</footer>" if footer else ""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>{text(title)}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + f"\n{foot}</body></html>\n"
    ).encode()


def text(value: object) -> str:
    """Text as it is read, never as markup."""
    return escape(printable(value))


def element(name: str, value: object, css: str = "") -> str:
    """One element that holds text only."""
    return f"<{name}{css and f' class={chr(34)}{css}{chr(34)}'}>{text(value)}</{name}>"


def table(rows: Sequence[dict], title: str = "", notes: Sequence[str] = ()) -> str:
    """A table with three rules, title above and notes below."""
    names = list(rows[0]) if rows else []
    cells = [[printable(row[name]) for name in names] for row in rows]
    flush = [bool(cells) and all(is_number(line[i]) for line in cells) for i in range(len(names))]

    def line(kind: str, values: Sequence[str]) -> str:
        scope = ' scope="col"' if kind == "th" else ""
        found = (
            f"<{kind}{scope}{' class=' + chr(34) + 'n' + chr(34) if right else ''}>{escape(value)}</{kind}>"
            for value, right in zip(values, flush, strict=True)
        )
        return f"<tr>{''.join(found)}</tr>"

    head = line("th", [printable(name) if name else "" for name in names])
    caption = element("caption", title) if title else ""
    below = "".join(element("p", note, "notes") for note in notes)
    body = "".join(line("td", values) for values in cells)
    return f'<div class="scroll"><table>{caption}<thead>{head}</thead><tbody>{body}</tbody></table></div>{below}'


def figure(svg: bytes, alt: str, caption: str = "", number: int = 0) -> str:
    """A figure as an image inside the page: an image runs nothing and its names cannot meet another figure's."""
    data = base64.b64encode(svg).decode("ascii")
    below = f"<figcaption>{f'<b>Figure {number}.</b> ' if number else ''}{text(caption)}</figcaption>"
    return f'<figure><img alt="{text(alt)}" src="data:image/svg+xml;base64,{data}">{below}</figure>'


def link(address: str) -> str:
    """A web address to follow; any other kind of address is text only."""
    shown = text(address)
    safe = address.startswith(("https://", "http://"))
    return f'<p class="notes"><a rel="noreferrer" href="{shown}">{shown}</a></p>' if safe else element("p", address)
