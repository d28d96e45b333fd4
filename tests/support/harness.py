"""What AppTest does not name: figures, their data sets and alternative texts, and our own browser parts."""

from __future__ import annotations

import json

import pyarrow as pa
from streamlit.testing.v1 import AppTest


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
