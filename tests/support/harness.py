"""What AppTest does not name: figures, their data sets and alternative texts, and our own browser parts."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]


def open_page(name: str, **query: list[str]) -> AppTest:
    """A page of the app as a link opens it: the address first, then the page through the frame."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for parameter, values in query.items():
        at.query_params[parameter] = values
    at.run()
    return at.switch_page(f"pages/{name}.py").run()


def figure(at: AppTest):
    """The first figure of the page."""
    return at.get("vega_lite_chart")[0].proto


def part(at: AppTest, name: str, key: str = "") -> dict:
    """The data sent to one of our browser parts; ``key`` tells parts of the same kind apart."""
    for element in at.get("bidi_component"):
        if element.proto.component_name == f"riskset_{name}" and element.proto.id.endswith(key):
            return json.loads(element.proto.json)
    raise AssertionError(f"no part {name!r} with key {key!r} on this page")


def alternative_text(at: AppTest, key: str) -> str:
    """The words a screen reader says for the figure with this key."""
    return part(at, "alt", f"{key}_alt")["alt"]


def dataset(proto, name: str) -> list[dict]:
    """Rows of a figure's named data set."""
    data = next(d.data.data for d in proto.datasets if d.name == name)
    return pa.ipc.open_stream(data).read_all().to_pylist()
