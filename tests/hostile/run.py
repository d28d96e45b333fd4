"""Read hostile uploads one after the other and say how each ended.

python -m tests.hostile.run 2000               each in a reader of its own, as the app does; prints a summary
python -m tests.hostile.run 2000 --visit       the same by a visitor, who looks through, opens, and sees every page
python -m tests.hostile.run 150 --together     all in this process within the reader's memory, bombs left out
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections import Counter
from pathlib import Path

from cohort.errors import CohortError
from cohort.readers.isolation import read_isolated
from cohort.readers.limits import LIMITS
from cohort.readers.raw import Upload
from cohort.readers.upload import read_upload
from tests.hostile.files import Case, case, is_bomb

_KINDS = {"string", "double", "int64", "bool", "date32[day]"}


def ended(made: Case, read) -> tuple[str, str]:
    """How reading ended: "cohort", "sentence", "memory" (a sentence, in the app) or "defect", and what was said."""
    try:
        found = read(made.files)
        return "cohort", _checked(found) if isinstance(found, Upload) else found
    except CohortError as problem:
        said = str(problem)
        plain = 10 < len(said) < 1500 and said.isprintable() and "Traceback" not in said
        return ("sentence" if plain else "defect"), said
    except MemoryError:
        return "memory", ""
    except Exception as problem:
        return "defect", f"{type(problem).__name__}: {problem}"


def _checked(upload: Upload) -> str:
    """An upload that holds together: named tables of whole columns of the five types, within the limits."""
    assert upload.files if upload.format == "folder" else upload.tables, "nothing was read"
    assert len({t.name for t in upload.tables}) == len(upload.tables), "two tables of one name"
    for table in upload.tables:
        assert len(set(table.names)) == len(table.names), "two columns of one name"
        assert {len(c.values) for c in table.columns} == {table.rows}, "columns of several lengths"
        assert {str(c.values.type) for c in table.columns} <= _KINDS, "a column of another type"
        assert all(n.isprintable() and 0 < len(n) <= 140 for n in (table.name, *table.names)), "a name that hides"
        LIMITS.check_table(table.name, table.rows, len(table.columns))
    assert all(n.isprintable() for n in upload.notes), "a note of more than one line"
    return f"{upload.format}, {len(upload.tables)} tables"


def main(number: int, start: int, together: bool, visit: bool) -> int:
    """Read the uploads and print a summary; 1 if one ended in neither a cohort nor a sentence."""
    read, visitor = read_upload if together else read_isolated, None
    if visit:
        from tests.hostile.visit import Visitor  # the app is nothing that a reader should have to start

        read = visitor = Visitor()
    if together:
        resource.setrlimit(resource.RLIMIT_AS, (LIMITS.address_space, LIMITS.address_space))
    ends, sentences, slowest, largest, defects = Counter(), Counter(), (0.0, -1, ""), (0, -1), []
    for seed in range(start, start + number):
        if together and is_bomb(seed):
            continue
        made = case(seed)
        _forget_peak()  # making a bomb takes more memory than meeting it
        begin = time.monotonic()
        end, said = ended(made, read)
        seconds, answer = visitor.slowest if visitor else (time.monotonic() - begin, "reading")
        slowest, largest = max(slowest, (seconds, seed, answer)), max(largest, (_peak(), seed))
        ends[end if end != "cohort" or not visitor else said, made.label.partition(":")[0]] += 1
        sentences[said.partition(" Seen")[0][-60:] if end == "sentence" else end] += 1
        if end == "defect":
            defects.append({"seed": seed, "label": made.label, "said": said[:300]})
            print(defects[-1], file=sys.stderr, flush=True)
        if sum(ends.values()) % 100 == 0:
            print(f"{sum(ends.values())} uploads, {slowest}, {largest}", file=sys.stderr, flush=True)
    summary = {
        "uploads": sum(ends.values()),
        "ended": dict(Counter(end for (end, _), n in ends.items() for _ in range(n))),
        "kinds": {f"{label}: {end}": n for (end, label), n in sorted(ends.items(), key=lambda item: item[0][::-1])},
        "slowest": {"seconds": round(slowest[0], 2), "seed": slowest[1], "answer": slowest[2]},
        "most memory of this process": {"MB": largest[0], "seed": largest[1]},
        "different sentences": len(sentences),
        "readers that crashed": sum(n for said, n in sentences.items() if "broke off" in said),
        "defects": defects,
    }
    print(json.dumps(summary, indent=1))
    return bool(defects)


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> int:
    """Most memory in MB that this process has held since the last :func:`_forget_peak`."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("number", type=int)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--visit", action="store_true")
    sys.exit(main(**vars(parser.parse_args())))
