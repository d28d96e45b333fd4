"""Who carries which gene, as far as it is reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cohort.tables import Cohort


@dataclass(frozen=True)
class Gene:
    """One gene of the mutation table. ``driver`` is False for a pharmacogene, which is never counted with them."""

    symbol: str
    driver: bool


def reported_genes(cohort: Cohort) -> dict[Gene, np.ndarray]:
    """Who carries which gene as reported: gene -> bool array, shape (n,); empty where the cohort has no mutations.

    Drivers by frequency in the whole cohort, then pharmacogenes likewise; ties as the file has them. False is "not
    reported": no cohort here says which genes were tested and found wild type.
    """
    return cohort.once("reported genes", lambda: _reported(cohort))


def _reported(cohort: Cohort) -> dict[Gene, np.ndarray]:
    table = cohort.table("mutations")
    if table is None:
        return {}
    place = {patient: i for i, patient in enumerate(cohort.ids)}
    found: dict[Gene, np.ndarray] = {}
    for patient, symbol, kind in zip(*(table[c].to_pylist() for c in ("patient_id", "gene", "class")), strict=True):
        gene = Gene(symbol, kind != "pharmacogene")
        found.setdefault(gene, np.zeros(cohort.n, dtype=bool))[place[patient]] = True
    return dict(sorted(found.items(), key=lambda item: (not item[0].driver, -int(item[1].sum()))))
