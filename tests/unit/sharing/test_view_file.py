"""A view as a file: what it holds, and what is refused as one."""

import json

import pytest

from cohort import read_cohort
from cohort.errors import UploadError
from cohort.options import Options
from cohort.selection import Selection
from cohort.sharing.share import Letter, address, link_query
from cohort.sharing.view_file import LARGEST, read_view_file, view_file
from cohort.view import CohortView
from tests.support import printed
from tests.support.shared_views import parameters

COHORT = read_cohort(printed.FOLDER)


def test_a_file_holds_the_parameters_of_the_link_to_be_read_by_people():
    query = link_query(
        CohortView(COHORT, Selection(), Options(endpoint="ttr_pub")), "survival", Letter(note="Über 66 %")
    )
    held = json.loads(view_file("survival", query))
    assert (held["page"], held["view"]) == ("survival", query)
    assert "Über 66 %" in view_file("survival", query).decode()
    link = address("https://example.org", "survival", query)
    assert held["view"] == parameters(link)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\xff\xfe", "not JSON"),
        (b"[" * 50_000, "not JSON"),
        (b"[]", "not a view"),
        (b'{"format": "riskset view 9"}', "riskset view 9"),
        (b'{"format": "riskset view 1", "page": "../app", "view": {}}', "not a view"),
        (b'{"format": "riskset view 1", "page": "survival", "view": {"by": "sex"}}', "not a view"),
        (b'{"format": "riskset view 1", "page": "survival", "view": {"by": []}}', "not a view"),
        (b'{"format": "riskset view 1", "page": "survival", "view": {"by": [1]}}', "not a view"),
        (b" " * (LARGEST + 1), "too large"),
    ],
)
def test_what_is_not_a_view_is_refused_in_one_sentence(data, what):
    with pytest.raises(UploadError, match=what):
        read_view_file(data, "x.json")
