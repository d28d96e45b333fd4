"""Run scripts one after the other in this interpreter, each in a namespace of its own, and print what they computed."""

from __future__ import annotations

import contextlib
import io
import json
import runpy
import sys

from tests.support.views import digest, plain


def run(path: str) -> dict:
    """Numbers, figure and output of one script."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        names = runpy.run_path(path, run_name="__main__")
    numbers = {name: plain(value) for name, value in names["numbers"].items()}
    return {"numbers": numbers, "figure": digest(names.get("drawing")), "said": said.getvalue()}


if __name__ == "__main__":
    print(json.dumps({path: run(path) for path in sys.argv[1:]}))
