"""Labels inside a sentence."""

import pytest

from cohort.narrative.labels import in_sentence


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Overall Survival", "overall survival"),
        ("Progression Free Survival", "progression free survival"),
        ("Duration of Response", "duration of response"),
        ("Relapse, any", "relapse, any"),
        ("Relapse-Free Survival (Investigator)", "relapse-free survival (investigator)"),
        ("OS", "OS"),
        ("Time To CNS Relapse", "time to CNS relapse"),
        ("FLT3-ITD Relapse", "FLT3-ITD relapse"),
        ("Survival from Hodgkin lymphoma", "survival from Hodgkin lymphoma"),
        ("", ""),
    ],
)
def test_title_case_goes_and_names_stay(label, inside):
    assert in_sentence(label) == inside
