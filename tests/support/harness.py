"""What AppTest does not name: figures, their data sets and alternative texts, and our own browser parts."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
from streamlit.components.v2.bidi_component.main import _make_trigger_id
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


def title(at: AppTest) -> str:
    """The page's title, as the bar shows it."""
    return part(at, "bar")["title"]


def bar_words(at: AppTest) -> str:
    """The bar as it reads: title, chips, who is selected, tools."""
    data = part(at, "bar")
    counts = f"{data['lead']}{data['n']} of {data['total']} patients · {data['events']} {data['noun']}"
    chips, tools = [c["text"] for c in data["chips"]], [t["label"] for t in data["tools"]]
    return " | ".join([data["title"], *chips, f"{counts} ({data['endpoint']})", *tools])


def press_in_part(at: AppTest, name: str, event: str, value: object = True) -> AppTest:
    """Do what a click in one of our browser parts does: send an event with its value, and run."""
    element = next(e for e in at.get("bidi_component") if e.proto.component_name == f"riskset_{name}")
    states = at._tree.get_widget_states()
    sent = states.widgets.add(id=_make_trigger_id(element.proto.id, "events"))
    sent.json_trigger_value = json.dumps([{"event": event, "value": value}])
    return at._run(states)


def alternative_text(at: AppTest, key: str) -> str:
    """The words a screen reader says for the figure with this key."""
    return part(at, "alt", f"{key}_alt")["alt"]


def dataset(proto, name: str) -> list[dict]:
    """Rows of a figure's named data set."""
    data = next(d.data.data for d in proto.datasets if d.name == name)
    return pa.ipc.open_stream(data).read_all().to_pylist()
