"""A survival figure as PowerPoint's own chart: every point, label and line can be edited there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cohort.exports.printable import disarmed, printable
from cohort.exports.step_chart import Line, StepChart

if TYPE_CHECKING:
    from pptx.chart.series import XySeries

PALE = 0.55
"""Share of its colour that a pale line keeps, as on screen."""


def add_chart(slide, chart: StepChart, place: tuple[int, int, int, int], inner: tuple[float, ...], size: int, alt: str):
    """Draw the chart on a slide.

    Parameters
    ----------
    slide : a slide of python-pptx
    place : left, top, width and height in EMU
    inner : left, top, width and height of the plot as shares of the chart, so that a table can stand under its ticks
    size : size of its text in points
    alt : alternative text
    """
    from pptx.chart.data import XyChartData
    from pptx.enum.chart import XL_CHART_TYPE

    data = XyChartData()
    for line in chart.lines:
        series = data.add_series(disarmed(printable(line.name)))  # the chart's workbook would run a formula
        for x, y in line.points:
            series.add_data_point(x, y)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *place, data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", printable(alt))
    drawn = frame.chart
    drawn.has_legend = drawn.has_title = False
    drawn.font.size, drawn.font.name = _points(size), "Arial"
    for series, line in zip(drawn.plots[0].series, chart.lines, strict=True):
        _style(series, line, size)
    _axis(drawn.category_axis, chart.end, _gap(chart.ticks), chart.x_title, "0")
    _axis(drawn.value_axis, 100, 25, chart.y_title, '0" %"')
    _inner(drawn, inner)
    return frame


def _points(size: float):
    from pptx.util import Pt

    return Pt(size)


def _gap(ticks: Sequence[float]) -> float:
    return ticks[1] - ticks[0] if len(ticks) > 1 else max(ticks[0], 1)


def _colour(colour: str, share: float = 1.0):
    """A colour, mixed with white where its share is less than 1."""
    from pptx.dml.color import RGBColor

    return RGBColor(*(round(255 - share * (255 - int(colour[i : i + 2], 16))) for i in (1, 3, 5)))


def _style(series: XySeries, line: Line, size: int) -> None:
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.enum.dml import MSO_LINE

    marker, stroke = series.marker, series.format.line
    marker.style = XL_MARKER_STYLE.from_xml(line.marker or "none")
    if line.kind in ("marks", "label"):
        stroke.fill.background()
    if line.kind == "marks":
        marker.size = 9
        marker.format.fill.background()
        marker.format.line.color.rgb, marker.format.line.width = _colour(line.colour), _points(1.5)
    if line.kind == "label":
        _label(series.points[0].data_label, line, size)
    if line.kind == "limit":
        stroke.color.rgb, stroke.width = _colour(line.colour, 0.45), _points(0.75)
    if line.kind == "curve":
        stroke.color.rgb, stroke.width = _colour(line.colour), _points(2.5)
        stroke.dash_style = MSO_LINE.from_xml(line.dash)
        for i, (before, _) in enumerate(line.points[:-1]):
            if line.pale_from is not None and before >= line.pale_from:
                point = series.points[i + 1]  # a point's line is the one that leads to it
                point.marker.style, part = XL_MARKER_STYLE.NONE, point.format.line
                part.color.rgb, part.width = _colour(line.colour, PALE), _points(2.5)
                part.dash_style = MSO_LINE.from_xml(line.dash)


def _label(label, line: Line, size: int) -> None:
    from pptx.enum.chart import XL_LABEL_POSITION

    label.position = XL_LABEL_POSITION.RIGHT
    label.text_frame.text = "\n".join(f"\u00a0{text}" for text in line.label)  # clear of the curve's end
    label.text_frame.word_wrap = False
    for paragraph in label.text_frame.paragraphs:
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.color.rgb = _points(size - 1), True, _colour(line.colour)


def _axis(axis, top: float, unit: float, title: str, form: str) -> None:
    from pptx.enum.chart import XL_TICK_MARK

    axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0, top, unit
    axis.has_major_gridlines = axis.has_minor_gridlines = False
    axis.major_tick_mark, axis.minor_tick_mark = XL_TICK_MARK.OUTSIDE, XL_TICK_MARK.NONE
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = form, False
    axis.format.line.color.rgb = _colour("#9AA5B1")
    axis.has_title = True
    axis.axis_title.text_frame.text = printable(title)
    axis.axis_title.text_frame.paragraphs[0].font.bold = False


def _inner(chart, inner: tuple[float, ...]) -> None:
    """Fix where the plot itself stands: python-pptx leaves that to PowerPoint, which moves it with the labels."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    values = "".join(f'<c:{k} val="{v:.5f}"/>' for k, v in zip("xywh", inner, strict=True))
    area = chart._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    area.insert(
        0,
        parse_xml(
            f'<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
            f'<c:yMode val="edge"/>{values}</c:manualLayout></c:layout>'
        ),
    )
