"""The ELN 2022 risk class from karyotype, fusion and genes, as far as a printed table allows.

Döhner H, Wei AH, Appelbaum FR, et al. Diagnosis and management of AML in adults: 2022 recommendations from an
international expert panel on behalf of the ELN. Blood 2022;140:1345–1377, Table 6 and its footnotes.
"""

from __future__ import annotations

from collections.abc import Collection

FAVOURABLE, INTERMEDIATE, ADVERSE = "favourable", "intermediate", "adverse"

CORE_BINDING_FACTOR = {"t_8_21", "runx1_runx1t1", "inv_16", "t_16_16", "cbfb_myh11"}
ADVERSE_CYTOGENETICS = {
    "complex", "monosomal", "t_6_9", "dek_nup214", "kmt2a_rearranged", "t_9_22", "bcr_abl1", "t_8_16", "kat6a_crebbp",
    "inv_3", "t_3_3", "mecom_rearranged", "del_5q", "minus_5", "minus_7", "minus_17", "abn_17p",
}  # fmt: skip
MYELODYSPLASIA_RELATED = {"ASXL1", "BCOR", "EZH2", "RUNX1", "SF3B1", "SRSF2", "STAG2", "U2AF1", "ZRSR2"}


def eln2022(karyotype: str, fusion: str, genes: Collection[str]) -> str:
    """Risk class of one patient.

    Parameters
    ----------
    karyotype, fusion : codes such as "normal", "complex", "t_8_21"; "none", "runx1_runx1t1"
    genes : symbols reported as mutated, and "FLT3-ITD" where present

    Returns
    -------
    str
        "favourable", "intermediate" or "adverse".

    Notes
    -----
    What a table without further detail leaves open is settled in one stated way. TP53 counts as adverse whatever its
    allele fraction (the ELN asks for 10 % or more). "CEBPA" does not count as favourable, because only bZIP in-frame
    mutations do; they are written "CEBPA bZIP". A complex karyotype is taken as printed. Myelodysplasia-related genes
    do not move a favourable subtype. SMC3, though a cohesin gene like STAG2, is not on the list.
    """
    cytogenetics, genes = {karyotype, fusion}, set(genes)
    if cytogenetics & CORE_BINDING_FACTOR:
        return FAVOURABLE
    if cytogenetics & ADVERSE_CYTOGENETICS or "TP53" in genes:
        return ADVERSE
    if "CEBPA bZIP" in genes or ("NPM1" in genes and "FLT3-ITD" not in genes):
        return FAVOURABLE
    return ADVERSE if genes & MYELODYSPLASIA_RELATED else INTERMEDIATE
