"""Streamlit servers on loopback for a benchmark or a browser test."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serve(
    script: Path | str = "app.py",
    cwd: Path = ROOT,
    log: Path | None = None,
    module: Sequence[str] = ("streamlit",),
    options: Sequence[str] = (),
) -> Iterator[int]:
    """Run ``streamlit run script`` until the block ends; yields the port once the server is healthy.

    ``module`` is what stands for streamlit, with words of its own; ``options`` follow on the command line.
    """
    port = free_port()
    command = [sys.executable, "-m", *module, "run", str(script), "--server.port", str(port), *options]
    with open(log or os.devnull, "ab") as out:
        process = subprocess.Popen(
            [*command, "--server.address", "127.0.0.1", "--server.headless", "true"], cwd=cwd, stdout=out, stderr=out
        )
        try:
            _wait(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=10)


def _wait(port: int, process: subprocess.Popen) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not become healthy within 60 s")
