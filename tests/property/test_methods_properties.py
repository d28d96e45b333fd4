"""Whatever is looked at, methods and results hold no empty number, and every citation is listed."""

import re
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cohort import adverse_events, overview, patients, read_cohort, subgroups, survival
from cohort.narrative.methods import methods_paragraph, references, results_sentence
from tests.support.views import FOUNDING, SYNTHETIC, random_view

COHORTS = {"founding": read_cohort(FOUNDING), "synthetic": read_cohort(SYNTHETIC)}
RESULTS = {"overview": overview, "survival": survival, "subgroups": subgroups, "adverse_events": adverse_events,
           "patients": patients}  # fmt: skip
EMPTY = re.compile(r"\b(NaN|nan|None|inf|NaT)\b|\{\}|\(\)|\[\]|  |\.\.|: \.|, \.")


@given(st.integers(0, 10**9), st.sampled_from(list(COHORTS)), st.sampled_from(list(RESULTS)))
@settings(deadline=None, max_examples=60)
def test_no_sentence_holds_an_empty_number(seed, cohort, page):
    cohort = COHORTS[cohort]
    view = random_view(Random(seed), cohort, tested=False)
    external = next(iter(cohort.comparators), None)
    text, cited = (f(view, page, look=2, external=external) for f in (methods_paragraph, references))
    said = [text]
    if page != "subgroups" or not view.estimand.bounded:
        said.append(results_sentence(RESULTS[page](view)))
    for words in said:
        assert not EMPTY.search(words), (EMPTY.search(words), words)
        assert words[0].isupper() or not words[0].isalpha()
        assert words.endswith(".")
    numbers = [int(n) for found in re.findall(r"\[(\d+(?:, \d+)*)\]", text) for n in found.split(", ")]
    assert list(dict.fromkeys(numbers)) == list(range(1, len(cited) + 1))
