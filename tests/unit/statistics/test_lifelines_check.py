"""The second implementation: lifelines on the same life table."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cohort.statistics import life_table
from cohort.statistics.lifelines_check import lifelines_survival

FOUNDING = pd.read_csv(Path(__file__).parents[2] / "golden" / "founding_input.csv")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:autograd")


def test_both_implementations_agree_on_the_founding_cohort():
    levels = ["adverse", "intermediate", "favourable"]
    group = FOUNDING.eln.map(levels.index).to_numpy()
    kind = FOUNDING.relapse.map({"none": 0, "morphological": 1, "molecular": 2}).to_numpy()
    table = lifelines_survival(life_table(FOUNDING.rfs.to_numpy(float), kind, group, levels))
    assert list(dict.fromkeys(table["group"].to_pylist())) == levels
    np.testing.assert_allclose(table["lifelines"], table["survival"], atol=1e-12)
    assert float(table.schema.metadata[b"max_difference"]) == max(table["difference"].to_pylist()) < 1e-12
    adverse = FOUNDING[FOUNDING.eln == "adverse"]
    morphological = adverse[adverse.relapse == "morphological"].rfs
    expected = np.prod([1 - sum(morphological == t) / sum(adverse.rfs >= t) for t in set(morphological)])
    assert table["lifelines"].to_pylist()[len(set(adverse.rfs))] == pytest.approx(expected)


def test_the_difference_is_reported_and_not_assumed(monkeypatch):
    import lifelines

    honest = lifelines.KaplanMeierFitter.survival_function_at_times
    monkeypatch.setattr(
        lifelines.KaplanMeierFitter, "survival_function_at_times", lambda self, times: honest(self, times) - 0.25
    )
    table = lifelines_survival(life_table([1.0, 2.0], [1, 0]))
    assert table["difference"].to_pylist() == pytest.approx([0.25] * 3)
    assert float(table.schema.metadata[b"max_difference"]) == pytest.approx(0.25)


def test_delayed_entry_is_refused_and_nobody_is_empty():
    with pytest.raises(ValueError, match="delayed entry"):
        lifelines_survival(life_table([2.0], [1], entry=[1.0]))
    assert lifelines_survival(life_table([1.0], [1], [-1], ["a"])).num_rows == 0


def test_statistics_start_without_lifelines_pandas_or_scipy_stats():
    heavy = "{'lifelines', 'pandas', 'scipy.stats', 'streamlit'}"
    code = (
        f"import sys, cohort.statistics, cohort.statistics.lifelines_check; print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert done.stdout.strip() == "[]"
