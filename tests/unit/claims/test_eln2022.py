"""The ELN 2022 rule against its printed table (Döhner 2022, Table 6), case by case."""

import pytest

from cohort.claims import eln2022

ITD = "FLT3-ITD"
CASES = {
    "t(8;21) whatever else is mutated": ("t_8_21", "runx1_runx1t1", {ITD, "ASXL1"}, "favourable"),
    "inv(16) by karyotype alone": ("inv_16", "none", set(), "favourable"),
    "NPM1 without FLT3-ITD": ("normal", "none", {"NPM1"}, "favourable"),
    "NPM1 without FLT3-ITD, with a myelodysplasia-related gene": ("normal", "none", {"NPM1", "SRSF2"}, "favourable"),
    "bZIP in-frame CEBPA": ("normal", "none", {"CEBPA bZIP", ITD}, "favourable"),
    "NPM1 with FLT3-ITD, whatever the ratio": ("normal", "none", {"NPM1", ITD}, "intermediate"),
    "FLT3-ITD without NPM1": ("normal", "none", {"DNMT3A", ITD}, "intermediate"),
    "CEBPA of unknown type": ("normal", "none", {"CEBPA", ITD}, "intermediate"),
    "SMC3 is not on the list": ("normal", "none", {"SMC3", "NPM1", ITD}, "intermediate"),
    "neither mutation": ("normal", "none", set(), "intermediate"),
    "complex karyotype": ("complex", "none", {"NPM1"}, "adverse"),
    "NPM1 with adverse cytogenetics": ("minus_7", "none", {"NPM1"}, "adverse"),
    "RUNX1 with NPM1 and FLT3-ITD": ("normal", "none", {"RUNX1", "NPM1", ITD}, "adverse"),
    "STAG2": ("normal", "none", {"STAG2"}, "adverse"),
    "TP53 with NPM1": ("normal", "none", {"TP53", "NPM1"}, "adverse"),
    "BCR::ABL1": ("normal", "bcr_abl1", set(), "adverse"),
}  # fmt: skip


@pytest.mark.parametrize(("karyotype", "fusion", "genes", "risk"), CASES.values(), ids=CASES)
def test_the_class_is_that_of_the_table(karyotype, fusion, genes, risk):
    assert eln2022(karyotype, fusion, genes) == risk
