"""The text of a script: short, and text of a cohort stays text in it."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from cohort import open_view, read_cohort
from cohort.exports.script import PAGES, script
from cohort.tables import Cohort
from cohort.view import CohortView
from tests.support.views import FOUNDING

HOSTILE = "x'); __import__('os').abort()  # \"\"\"\n\u202e\\"


def called(text):
    calls = [node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return {ast.unparse(f) for f in calls}


@pytest.mark.parametrize("page", PAGES)
def test_text_of_a_cohort_stays_text(page):
    cohort = read_cohort(FOUNDING)
    definition = cohort.definition
    endpoints = tuple(replace(e, label=HOSTILE, short=HOSTILE) for e in definition.endpoints)
    variables = tuple(replace(v, label=HOSTILE) for v in definition.variables)
    hostile = replace(
        definition, id=HOSTILE, title=HOSTILE, short_title=HOSTILE, endpoints=endpoints, variables=variables
    )
    plain_view = open_view(cohort, "ttr_pub", by="eln_risk", where={"sex": ["male"]}, test="exact")
    view = CohortView(Cohort(hostile, cohort.tables, HOSTILE), plain_view.selection, plain_view.options)
    text = script(view, page)
    assert called(text) == called(script(plain_view, page))
    assert len(text.splitlines()) == len(script(plain_view, page).splitlines())
    assert "\u202e" not in text


def test_a_list_of_patients_and_marks_are_part_of_the_view():
    cohort = read_cohort(FOUNDING)
    view = open_view(cohort, among="2-6,9", marks=["24:it's here"])
    assert view.n == 6
    text = script(view, "survival")
    assert "among='2-6,9'" in text
    assert """marks=["24:it's here"]""" in text


def test_pages_without_numbers_have_no_script():
    with pytest.raises(KeyError, match=r"no script of page 'methods'; allowed: overview, survival"):
        script(open_view(read_cohort(FOUNDING)), "methods")


def test_a_folder_elsewhere_is_named():
    assert "read_cohort('elsewhere')" in script(open_view(read_cohort(FOUNDING)), "evidence", folder="elsewhere")
    assert f"read_cohort('data/{Path(FOUNDING).name}')" in script(open_view(read_cohort(FOUNDING)), "evidence")
