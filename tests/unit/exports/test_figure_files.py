"""Figures as files: a journal's sizes and greys, text as text, and nothing but what is on screen."""

import io
import re
import time
from dataclasses import replace
from itertools import pairwise

import pyarrow as pa
import pytest
from PIL import Image

from cohort.errors import CohortError
from cohort.exports import figure as files
from cohort.exports.figure import DOUBLE, SCREEN, SINGLE
from cohort.exports.survival_print import fitted
from cohort.figures.adverse_events import adverse_events_figure
from cohort.figures.patients import patients_figure
from cohort.figures.subgroups import forest_figure
from cohort.figures.survival import survival_figure, survival_file
from cohort.options import Options
from cohort.readers import read_cohort
from cohort.results.adverse_events import AggregateResult
from cohort.results.patients import PatientsResult
from cohort.results.subgroups import SubgroupsResult
from cohort.results.survival import SurvivalResult
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support import printed
from tests.support.drawings import colours, overlaps, texts

COHORT = read_cohort(printed.FOLDER)
HOSTILE = [
    "</text><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("http://x.example")',
    "x" * 5000,
    "😀 \u202eevil مرحبا 病人",
    "\x00\x1b&\ud83d]]>",
]
SURVIVAL = [{"by": "none"}, {"by": "eln_risk"}, {"by": "timing", "endpoint": "os_dx"}]


def view(**options):
    return CohortView(
        COHORT, Selection.of(COHORT.definition, {}), replace(Options.default(COHORT.definition), **options)
    )


def survival(**options):
    return survival_figure(SurvivalResult(view(**{"endpoint": "ttr_pub", **options})))


def every_figure():
    return {
        "survival": survival(by="eln_risk"),
        "forest": forest_figure(SubgroupsResult(view())),
        "patients": patients_figure(PatientsResult(view())),
        "adverse events": adverse_events_figure(AggregateResult(view())),
    }


def renamed(spec, name):
    """The survival figure with a hostile name in every text of a group."""
    rows = files.with_rows(spec)
    for data in ("heads", "ends"):
        for row in rows["datasets"][data]:
            row["text"] = name
    return rows


@pytest.mark.parametrize("options", SURVIVAL, ids=str)
@pytest.mark.parametrize("preset", [SINGLE, DOUBLE], ids=lambda p: p.code)
def test_text_is_text_at_7_points_or_more_and_stands_clear(options, preset):
    svg = files.svg(survival(**options), preset)
    wide, _ = files.size(svg)
    assert wide == pytest.approx(preset.width_mm / 25.4 * 72, abs=0.5)
    assert min(t.size for t in texts(svg)) * preset.points >= 7 - 1e-9
    assert not overlaps(svg)
    assert all(t.left >= -1 and t.right <= preset.width + 1 for t in texts(svg))
    words = {t.words for t in texts(svg)}
    assert {"100 %", "0 %", "24", "72"} <= words
    assert not [w for w in words if "…" in w]


def test_every_number_under_the_axis_stands_under_its_tick():
    expected = {}  # #{T >= t} of each group, from the CSV file
    for level in ("favourable", "intermediate", "adverse"):
        times = [printed.outcomes("ttr_pub")[p["patient_id"]][0] for p in printed.who({"eln_risk": {level}})]
        expected[level] = {t: sum(time >= t for time in times) for t in (0, 24, 48, 72)}
    svg = files.svg(survival(by="eln_risk"), SINGLE)
    found = texts(svg)
    ticks = {int(t.words): (t.left + t.right) / 2 for t in found if t.words in ("0", "24", "48", "72")}
    assert len(ticks) == 4
    for level, at in expected.items():
        (head,) = [t for t in found if t.words.startswith(f"{level} (")]
        row = [t for t in found if " · " in t.words and "At risk" not in t.words and 0 < t.y - head.y < 20]
        assert {int(t.words.split(" · ")[0]) for t in row} == set(at.values())
        for number in row:
            (tick,) = [m for m, x in ticks.items() if abs(x - (number.left + number.right) / 2) < 2]
            assert int(number.words.split(" · ")[0]) == at[tick]


def test_a_journals_figure_has_the_data_of_the_screen():
    spec = survival(by="eln_risk")
    laid = fitted(files.with_rows(spec), SINGLE.width)["datasets"]
    for name in ("curve", "marks", "landmarks"):
        assert laid[name] == spec["datasets"][name].to_pylist()
    assert {(c["x"], c["text"]) for c in laid["cells"]} <= {
        (c["x"], c["text"]) for c in spec["datasets"]["cells"].to_pylist()
    }
    assert isinstance(spec["datasets"]["curve"], pa.Table), "the figure on screen is left as it was"


def test_png_has_300_dots_an_inch_at_its_printed_width():
    for preset in (SINGLE, DOUBLE):
        image = Image.open(io.BytesIO(files.png(survival(), preset)))
        assert image.width == pytest.approx(preset.width_mm / 25.4 * 300, abs=3)
        assert image.info["dpi"][0] == pytest.approx(300, abs=0.1)
    result = SurvivalResult(view())
    assert Image.open(io.BytesIO(files.png(survival_file(result)))).width == 3 * files.WIDTH


def test_pdf_has_its_printed_size_and_embeds_its_fonts():
    pdf = files.pdf(survival(by="eln_risk"), SINGLE)
    left, bottom, right, _ = map(float, re.search(rb"/MediaBox\s*\[([^\]]+)\]", pdf)[1].split())
    assert (left, bottom) == (0, 0)
    assert right == pytest.approx(85 / 25.4 * 72, abs=0.5)
    fonts = set(re.findall(rb"/BaseFont\s*/([\w+-]+)", pdf))
    assert {f.split(b"+")[1] for f in fonts} <= {b"LiberationSans", b"LiberationSans-Bold"}
    assert pdf.count(b"/FontFile2") == len(fonts)
    assert b"/ToUnicode" in pdf


def test_superscripts_do_not_change_the_font_of_their_text():
    pdf = files.pdf(forest_figure(SubgroupsResult(view())), DOUBLE)
    fonts = {f.split(b"+")[1] for f in re.findall(rb"/BaseFont\s*/([\w+-]+)", pdf)}
    assert all(f.startswith(b"LiberationSans") for f in fonts)
    assert any("10⁹" in t.words for t in texts(files.svg(forest_figure(SubgroupsResult(view())), DOUBLE)))


def test_a_figure_that_does_not_fit_says_so():
    for name, spec in every_figure().items():
        if name in ("forest", "patients"):
            with pytest.raises(CohortError, match="double column"):
                files.svg(spec, SINGLE)
        assert files.svg(spec, DOUBLE)


def grey_lightness(code):
    channel = int(code[1:3], 16) / 255
    y = channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
    return 116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27


def test_greys_are_grey_and_the_groups_stay_apart():
    for spec in every_figure().values():
        assert all(c[1:3] == c[3:5] == c[5:7] for c in colours(files.svg(spec, DOUBLE, grey=True)))
    svg = files.svg(survival(by="eln_risk"), DOUBLE, grey=True).decode()
    lines = set(re.findall(r'stroke="(#[0-9A-F]{6})"[^>]*stroke-width="2.4"', svg))
    shades = sorted(grey_lightness(c) for c in lines)
    assert len(shades) == 3
    assert all(b - a >= 12 for a, b in pairwise(shades))
    assert shades[-1] <= 56, "numbers in the grey of their curve are read on white"
    colour = files.svg(survival(by="eln_risk"), DOUBLE)
    assert [t.words for t in texts(svg.encode())] == [t.words for t in texts(colour)]


def test_a_group_called_like_a_colour_keeps_its_name_in_grey():
    svg = files.svg(renamed(survival(by="eln_risk"), "#FF0000"), DOUBLE, grey=True)
    assert "#FF0000" in {t.words for t in texts(svg)}


@pytest.mark.parametrize("name", HOSTILE, ids=lambda s: ascii(s)[:20])
def test_hostile_text_stays_text(name):
    spec = renamed(survival(by="eln_risk"), name)
    svg = files.svg(spec, SINGLE).decode()
    assert "<script" not in svg
    assert "<img" not in svg
    seen = name.replace("\x00", "").replace("\x1b", "").replace("\ud83d", "").replace("\u202e", "")
    assert any(t.words.startswith(seen[:12]) for t in texts(svg.encode()))
    assert files.png(spec, SINGLE).startswith(b"\x89PNG")
    assert files.pdf(spec, SINGLE).startswith(b"%PDF")


def test_on_screen_a_figure_is_made_as_it_was():
    spec = survival_file(SurvivalResult(view()))
    assert files.svg(spec, SCREEN) == files.svg(spec)
    assert files.size(files.svg(spec))[0] == files.WIDTH


def test_every_export_takes_less_than_a_second_of_computing():
    files.svg(survival(), DOUBLE)  # starts the renderer, once a process
    for spec in every_figure().values():
        for made in (files.svg, files.png, files.pdf):
            start = time.process_time()
            made(spec, DOUBLE)
            assert time.process_time() - start < 1.5, "1 s on an idle machine; room for a busy one"
