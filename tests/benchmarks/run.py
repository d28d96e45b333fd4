"""Redraw, server time and load, each beside the null app in the same run: ``make bench``.

Read the ratios; the milliseconds belong to the machine. Prints one table and writes it to tests/benchmarks/out/.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
from pathlib import Path

from tests.benchmarks.redraw import redraw_times
from tests.support.servers import serve
from tests.support.session import Session

HERE = Path(__file__).parent
QUERIES = [
    "eln_risk=adverse", "eln_risk=favourable", "mrd_flow=positive", "timing=induction", "fab_major=M2&fab_major=M5",
    "eln_risk=adverse&timing=induction", "", "sex=female", "age=40&age=70", "genes=NPM1",
]  # fmt: skip
NULL_QUERIES = ["level=a", "level=ab", "", "level=abc"]


def percentile(values: list[float], share: float) -> float:
    """The value below which this share lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def one_visitor(port: int, queries: list[str], page: str, prefix: str, runs: int) -> list[float]:
    """Server answers to one visitor, seconds, first three left out."""
    async with Session(port) as session:
        await session.rerun("", page)
        times = [await session.rerun(prefix + random.choice(queries)) for _ in range(runs + 3)]
        if session.exceptions:
            raise RuntimeError(f"{session.exceptions} exceptions were shown")
    return times[3:]


async def many_visitors(port: int, queries: list[str], page: str, prefix: str, people: int, every: float, rounds: int):
    """Server answers to ``people`` visitors who each act every ``every`` seconds."""

    async def visit(start: float) -> list[float]:
        async with Session(port) as session:
            await session.rerun("", page)
            await asyncio.sleep(start)
            times = []
            for _ in range(rounds):
                took = await session.rerun(prefix + random.choice(queries))
                times.append(took)
                await asyncio.sleep(max(0.0, every - took))
            return times

    visits = await asyncio.gather(*(visit(random.uniform(0, every)) for _ in range(people)))
    return [t for times in visits for t in times]


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    random.seed(20250531)
    result: dict[str, object] = {}
    with serve() as ours, serve(HERE / "null_app.py") as null:
        pair = {}
        for name, port, queries, page in (("null", null, NULL_QUERIES, ""), ("riskset", ours, QUERIES, "survival")):
            prefix = "endpoint=ttr_pub&" if name == "riskset" else ""
            pair[name] = asyncio.run(one_visitor(port, queries, page, prefix, options.runs))
            load = asyncio.run(many_visitors(port, queries, page, prefix, options.people, 3.0, options.rounds))
            result[f"{name}: server, one visitor, median ms"] = round(1e3 * statistics.median(pair[name]), 1)
            result[f"{name}: server, {options.people} visitors every 3 s, median ms"] = round(
                1e3 * statistics.median(load), 1
            )
            result[f"{name}: server, {options.people} visitors every 3 s, p95 ms"] = round(
                1e3 * percentile(load, 0.95), 1
            )
        if not options.no_browser:
            times = redraw_times(ours, null, options.runs)
            for name, values in times.items():
                result[f"{name}: click to redrawn chart, median ms"] = round(statistics.median(values), 1)
                result[f"{name}: click to redrawn chart, p95 ms"] = round(percentile(values, 0.95), 1)
            ratio = statistics.median(times["riskset"]) / statistics.median(times["null"])
            result["click to redrawn chart, riskset / null"] = round(ratio, 2)
    for name, value in result.items():
        print(f"{value:>10}  {name}")
    out = HERE / "out"
    out.mkdir(exist_ok=True)
    (out / "latest.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
