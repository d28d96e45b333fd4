"""Slides: the survival chart is PowerPoint's own, with the numbers of the CSV files, and nothing in it runs."""

import io
import zipfile
from itertools import pairwise

import openpyxl
import pytest
from PIL import Image
from pptx import Presentation
from pptx.enum.chart import XL_MARKER_STYLE
from pptx.oxml.ns import qn

from cohort.exports import slides
from cohort.exports.figure import with_rows
from cohort.exports.printable import printable
from cohort.exports.slides import Slide, pptx
from cohort.exports.step_chart import step_chart, steps
from cohort.figures.patients import patients_figure
from cohort.figures.survival import envelope_figure
from cohort.results.envelope import EnvelopeResult
from cohort.results.patients import PatientsResult
from tests.support import printed
from tests.unit.exports.test_figure_files import HOSTILE, renamed, survival, view

LEVELS = ("favourable", "intermediate", "adverse")
LINK = "https://example.org/survival?endpoint=ttr_pub&by=eln_risk"
FOOT = "Retrospective, single-centre, 19 patients: not for treatment decisions."


def slide_of(figure, **texts):
    content = Slide("Relapse-free survival", "6 of 19 patients relapsed.", figure, "alt", "Definitions.", FOOT, LINK)
    return Slide(**(vars(content) | texts))


def opened(*contents):
    return Presentation(io.BytesIO(pptx(contents))).slides


def of_kind(slide, what):
    return [shape for shape in slide.shapes if getattr(shape, what, False)]


def points(series):
    """The series' points as PowerPoint reads them."""
    x, y = ([float(v.text) for v in series._element.find(qn(f"c:{axis}Val")).iter(qn("c:v"))] for axis in ("x", "y"))
    return list(zip(x, y, strict=True))


def patients(level):
    return [printed.outcomes("ttr_pub")[p["patient_id"]] for p in printed.who({"eln_risk": {level}})]


def kaplan_meier(level, end):
    """Corners of the curve in percent, from the CSV file alone."""
    people = patients(level)
    corners, height = [(0.0, 100.0)], 100.0
    for time in sorted({t for t, _, _ in people if t <= end}):
        at_risk = sum(t >= time for t, _, _ in people)
        new = height * (1 - sum(t == time and e != "" for t, e, _ in people) / at_risk)
        corners += [(time, height), (time, new)]
        height = new
    if max(t for t, _, _ in people) > end:
        corners.append((end, height))
    return [c for i, c in enumerate(corners) if not i or c != corners[i - 1]]


@pytest.fixture(scope="module")
def by_eln():
    (slide,) = opened(slide_of(survival(by="eln_risk")))
    return slide


@pytest.fixture(scope="module")
def chart(by_eln):
    (frame,) = of_kind(by_eln, "has_chart")
    return frame.chart


def test_the_chart_is_powerpoints_own_scatter_of_straight_lines(chart):
    (plot,) = chart._chartSpace.iter(qn("c:scatterChart"))
    assert plot.find(qn("c:scatterStyle")).get("val") == "lineMarker"
    assert {e.get("val") for e in plot.iter(qn("c:smooth"))} == {"0"}
    assert not chart.has_legend
    assert (chart.value_axis.minimum_scale, chart.value_axis.maximum_scale) == (0, 100)
    assert (chart.category_axis.minimum_scale, chart.category_axis.maximum_scale) == (0, 72)
    assert chart.category_axis.major_unit == 12
    assert chart.value_axis.tick_labels.number_format == '0" %"'


@pytest.mark.parametrize("level", LEVELS)
def test_a_curve_is_the_step_function_of_the_patients(chart, level):
    (curve,) = [s for s in chart.plots[0].series if s.name == level]
    drawn = points(curve)
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(drawn)), "only level and upright lines"

    def corners(path):  # without the points on the way of a level line
        return [
            p for i, p in enumerate(path) if not 0 < i < len(path) - 1 or not path[i - 1][1] == p[1] == path[i + 1][1]
        ]

    assert corners(drawn) == [pytest.approx(c) for c in corners(kaplan_meier(level, 72))]


def test_groups_have_their_colour_and_dash(chart):
    look = {s.name: (str(s.format.line.color.rgb), s.format.line.dash_style) for s in chart.plots[0].series
            if s.name in LEVELS}  # fmt: skip
    assert {c for c, _ in look.values()} == {"009E73", "C98700", "D55E00"}
    assert len({d for _, d in look.values()}) == 3


@pytest.mark.parametrize("level", LEVELS)
def test_censored_patients_are_marks_without_a_line(chart, level):
    marks = [s for s in chart.plots[0].series if s.name.startswith(f"{level}, censored")]
    times = sorted({(t, r) for t, e, r in patients(level) if e == "" and t <= 72})
    assert sorted(x for s in marks for x, _ in points(s)) == [t for t, _ in times]
    for series in marks:
        assert series.marker.style not in (None, XL_MARKER_STYLE.NONE)
        assert series.format.line.fill.type.name == "BACKGROUND"
    assert len({s.marker.style for s in marks}) == len({r for _, r in times})


def test_limits_are_thin_and_contain_the_curve(chart):
    for level in LEVELS:
        (curve,) = [s for s in chart.plots[0].series if s.name == level]
        limits = [s for s in chart.plots[0].series if s.name.startswith(f"{level}, ") and "limit" in s.name]
        assert len(limits) == 2
        assert all(s.format.line.width < curve.format.line.width / 2 for s in limits)
        low, high = (dict(reversed(points(s))) for s in limits)
        at = dict(reversed(points(curve)))
        shared = low.keys() & high.keys() & at.keys()
        assert len(shared) >= 2
        assert all(low[x] <= at[x] <= high[x] for x in shared)


def test_the_table_counts_the_patients_under_its_ticks(by_eln, chart):
    (frame,) = of_kind(by_eln, "has_table")
    ticks = range(0, 73, 12)
    rows = [[cell.text for cell in row.cells] for row in frame.table.rows]
    for level in LEVELS:
        people = patients(level)
        (row,) = [r for r in rows if r[0] == f"{level} ({len(people)})"]
        assert row[1:] == [
            f"{sum(t >= tick for t, _, _ in people)} · {sum(t < tick and e != '' for t, e, _ in people)} · "
            f"{sum(t < tick and e == '' for t, e, _ in people)}"
            for tick in ticks
        ]
    (drawn,) = of_kind(by_eln, "has_chart")
    layout = chart._chartSpace.chart.plotArea.find(qn("c:layout")).find(qn("c:manualLayout"))
    x, _, wide, _ = (float(layout.find(qn(f"c:{k}")).get("val")) for k in "xywh")
    left = frame.left
    for tick, column in zip(ticks, list(frame.table.columns)[1:], strict=True):
        left += frame.table.columns[0].width if tick == 0 else 0
        middle = left + column.width / 2
        assert middle == pytest.approx(drawn.left + drawn.width * (x + wide * tick / 72), rel=0.005)
        left += column.width


def test_title_sentence_definitions_footnote_link_and_code_are_there(by_eln):
    assert by_eln.shapes.title.text == "Relapse-free survival"
    words = [shape.text_frame.text for shape in by_eln.shapes if shape.has_text_frame]
    assert {"6 of 19 patients relapsed.", FOOT, LINK} <= set(words)
    assert any(w.endswith("Definitions.") and "Censored: + alive at cut-off" in w for w in words)
    (picture,) = [s for s in by_eln.shapes if s.shape_type.name == "PICTURE"]
    image = Image.open(io.BytesIO(picture.image.blob))
    assert image.width == image.height
    assert LINK in by_eln.notes_slide.notes_text_frame.text
    assert [s._element.nvGraphicFramePr.cNvPr.get("descr") for s in of_kind(by_eln, "has_chart")] == ["alt"]


def test_nothing_stands_outside_the_slide():
    for figure in (survival(by="none"), survival(by="timing", endpoint="os_dx")):
        (slide,) = opened(slide_of(figure))
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= 13.34 * 914400
            assert shape.top + shape.height <= 7.5 * 914400


def test_the_workbook_behind_the_chart_has_no_formula():
    spec = with_rows(survival(by="eln_risk"))
    for row in spec["datasets"]["curve"]:
        row["name"] = '=HYPERLINK("http://x.example")'
    (slide,) = opened(slide_of(spec))
    (frame,) = of_kind(slide, "has_chart")
    book = openpyxl.load_workbook(io.BytesIO(frame.chart.part.chart_workbook.xlsx_part.blob))
    cells = [cell for line in book.active.iter_rows() for cell in line if cell.value is not None]
    assert any("HYPERLINK" in str(cell.value) for cell in cells)
    assert not [cell for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda s: ascii(s)[:20])
def test_hostile_text_stays_text(text):
    figure = renamed(survival(by="eln_risk"), text)
    file = pptx([slide_of(figure, title=text, sentence=text, alt=text, caption=text, footnote=text)])
    (slide,) = Presentation(io.BytesIO(file)).slides
    assert printable(text)[:100] in slide.shapes.title.text or slide.shapes.title.text.endswith("…")
    assert printable(text) in slide.notes_slide.notes_text_frame.text
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert not [n for n in parts.namelist() if "vba" in n.lower() or "activeX" in n]
        relations = b"".join(parts.read(n) for n in parts.namelist() if n.endswith(".rels"))
    assert b'TargetMode="External"' not in relations


def test_other_figures_are_vector_with_a_picture_for_programs_that_have_none():
    (slide,) = opened(slide_of(patients_figure(PatientsResult(view())), link=""))
    (picture,) = [s for s in slide.shapes if s.shape_type.name == "PICTURE"]
    assert picture.image.content_type == "image/png"
    (blip,) = [e for e in picture._element.iter() if e.tag.endswith("}svgBlip")]
    svg = slide.part.related_part(blip.get(qn("r:embed"))).blob
    assert svg.startswith(b"<svg")
    assert b"alive at cut-off" in svg
    assert picture.width / picture.height == pytest.approx(picture.image.size[0] / picture.image.size[1], rel=0.02)


def test_an_envelope_has_two_edges_and_its_limits():
    spec = with_rows(envelope_figure(EnvelopeResult(view(endpoint="ttr_pub"))))
    names = [line.name.partition(", ")[2] for line in step_chart(spec).lines]
    assert names[:2] == ["lower 95 % limit", "upper 95 % limit"]
    assert {"high edge", "low edge"} <= set(names)


def test_steps_hold_their_height_and_stop_at_the_end():
    assert steps([(0, 100), (5, 80), (9, 40)], 7) == ((0, 100), (5, 100), (5, 80), (7, 80))
    assert steps([(0, 100), (5, 80)], 7) == ((0, 100), (5, 100), (5, 80))
    assert steps([], 7) == ()


def test_a_link_too_long_for_a_code_is_text_only():
    assert slides.qr_png("https://x.example/?" + "a" * 4000) is None
    (slide,) = opened(slide_of(survival(), link="https://x.example/?" + "a" * 4000))
    assert not [s for s in slide.shapes if s.shape_type.name == "PICTURE"]


def test_a_curve_pales_where_one_more_event_would_move_it_by_more_than_10_points(chart):
    for level in LEVELS:
        (curve,) = [s for s in chart.plots[0].series if s.name == level]
        drawn = points(curve)
        left = {x: sum(t > x for t, _, _ in patients(level)) for x, _ in drawn}
        start = min(x for x, height in dict(drawn).items() if height > 10 * left[x])
        pale = {int(d.find(qn("c:idx")).get("val")) for d in curve._element.iter(qn("c:dPt"))}
        assert pale == {i for i in range(1, len(drawn)) if drawn[i - 1][0] >= start}
        assert pale
