"""Uploads as the readers make them, written in the test: from data frames, dictionaries and lists."""

import datetime

import pyarrow as pa

from cohort.readers.raw import RawColumn, RawTable, Upload


def column(name, values, **words):
    """One column; lists of strings, numbers, booleans and dates find their Arrow type themselves."""
    if any(isinstance(v, datetime.date) for v in values):
        return RawColumn(name, pa.array(values, pa.date32()), **words)
    array = pa.array(values, from_pandas=True)
    return RawColumn(name, array.cast(pa.string()) if pa.types.is_null(array.type) else array, **words)


def table(name, columns, first_row=2, **words):
    """One table from a dictionary of lists; ``words`` holds label, unit and levels by column name."""
    made = (column(c, list(v), **{k: w[c] for k, w in words.items() if c in w}) for c, v in columns.items())
    return RawTable(name, tuple(made), first_row)


def upload(*tables, format="csv", digest="0f" * 32):
    """What was handed in together."""
    return Upload(format, tables, digest=digest)


def frame(name, data):
    """An upload of one pandas data frame."""
    return upload(table(f"{name}.csv", {c: data[c].tolist() for c in data.columns}))


def adam():
    """A made-up trio: eight randomised patients, two endpoints in days, adverse events with a screen failure's."""
    ids = [f"S1-{i:03d}" for i in range(1, 9)]
    adsl = {
        "STUDYID": ["S1"] * 8,
        "USUBJID": ids,
        "TRT01A": ["Drug", "Placebo"] * 4,
        "ARMCD": ["D", "P"] * 4,
        "ARM": ["Drug", "Placebo"] * 4,
        "AGE": [34, 45, 56, 67, 38, 49, 60, 71],
        "SEX": ["F", "M", "M", "F", "F", "F", "M", "M"],
        "SAFFL": ["Y", "Y", "Y", "Y", "Y", "Y", "Y", "N"],
        "DTHFL": ["Y", None, "Y", None, None, None, None, None],
        "RANDDT": [datetime.date(2020, 1, 1)] * 8,
    }
    os_days, os_cnsr = [100, 730, 300, 800, 820, 640, 700, 900], [0, 1, 0, 1, 1, 2, 1, 1]
    pfs_days, pfs_cnsr = [90, 200, 250, 800, 300, 100, 700, 880], [0, 1, 0, 1, 0, 0, 1, 1]
    adtte = {
        "USUBJID": [i for i in ids for _ in range(2)],
        "PARAMCD": ["PFS", "OS"] * 8,
        "PARAM": ["Progression-free survival", "Overall survival"] * 8,
        "AVAL": [t for pair in zip(pfs_days, os_days, strict=True) for t in pair],
        "AVALU": ["DAYS"] * 16,
        "CNSR": [c for pair in zip(pfs_cnsr, os_cnsr, strict=True) for c in pair],
        "EVNTDESC": [None] * 16,
        "CNSDTDSC": [None] * 16,
    }
    said = {("PFS", 0): "Disease progression", ("OS", 0): "Death"}
    why = {1: "Alive at cut-off", 2: "Lost to follow-up"}
    for i, (code, cnsr) in enumerate(zip(adtte["PARAMCD"], adtte["CNSR"], strict=True)):
        adtte["EVNTDESC"][i] = said.get((code, cnsr), why.get(cnsr))
        adtte["CNSDTDSC"][i] = why.get(cnsr)
    adae = {
        "USUBJID": [ids[0], ids[0], ids[1], ids[2], ids[2], ids[3], "S1-999"],
        "AEDECOD": ["NAUSEA", "NAUSEA", "NAUSEA", "PYREXIA", "RASH", "RASH", "NAUSEA"],
        "AESEV": ["MILD", "SEVERE", "MODERATE", "MILD", "SEVERE", "MILD", "MILD"],
        "AESER": ["N", "Y", "N", "N", "N", "N", "N"],
        "AEREL": ["PROBABLE", "NONE", "REMOTE", "POSSIBLE", "PROBABLE", None, "NONE"],
        "ASTDY": [1, 40, 8, -3, 15, 2, 4],
        "TRTEMFL": ["Y", "Y", "Y", None, "Y", "Y", "Y"],
    }
    return upload(table("adsl.xpt", adsl), table("adtte.xpt", adtte), table("adae.xpt", adae), format="adam")


def cbioportal():
    """Made-up clinical files: six patients, two endpoints, seven samples of which two are one patient's."""
    ids = [f"P-{i}" for i in range(6)]
    patient = {
        "PATIENT_ID": ids,
        "SEX": ["Male", "Female"] * 3,
        "AGE": [50, 61, 30, None, 71, 44],
        "OS_STATUS": ["1:DECEASED", "0:LIVING", "1:DECEASED", "0:LIVING", "1:DECEASED", "0:LIVING"],
        "OS_MONTHS": [11.99, 26.02, 0.0, None, 5.5, 40.0],
        "DFS_STATUS": ["1:Recurred/Progressed", "0:DiseaseFree", None, "0:DiseaseFree", "1:Recurred/Progressed", None],
        "DFS_MONTHS": [6.0, 26.02, None, 3.0, 2.0, None],
    }
    sample = {
        "PATIENT_ID": ["P-0", "P-0", *ids[1:]],
        "SAMPLE_ID": [f"P-S{i}" for i in range(7)],
        "SAMPLE_TYPE": ["Primary", "Relapse", "Primary", "Primary", "Relapse", "Primary", "Primary"],
        "TMB_NONSYNONYMOUS": [0.3, 9.9, 0.4, 1.5, 2.5, 0.1, 0.2],
    }
    labels = {"AGE": "Diagnosis Age", "OS_MONTHS": "Overall Survival (Months)"}
    return upload(
        table("data_clinical_patient.txt", patient, first_row=6, label=labels),
        table("data_clinical_sample.txt", sample, first_row=6),
        format="cbioportal",
    )


def redcap():
    """A made-up longitudinal export: four people, two visits each, tick boxes, labelled choices, personal fields."""
    day = datetime.date
    columns = {
        "study_id": ["1", "1", "2", "2", "3", "3", "4", "4"],
        "redcap_event_name": ["baseline_arm_1", "end_arm_1"] * 4,
        "first_name": ["Ada", None, "Ben", None, "Cleo", None, "Dan", None],
        "email": ["ada@example.org", None, "b@example.org", None, "c@example.org", None, "d@example.org", None],
        "dob": [day(1960, 1, 2), None, day(1970, 3, 4), None, day(1980, 5, 6), None, day(1950, 7, 8), None],
        "sex": [0, None, 1, None, 1, None, 0, None],
        "eln": [2, None, 0, None, 1, None, 0, None],
        "drug___1": [1, None, 0, None, 0, None, None, None],
        "drug___2": [1, None, 1, None, 0, None, None, None],
        "dx_date": [day(2020, 1, 1), None, day(2020, 2, 1), None, day(2020, 3, 1), None, day(2020, 4, 1), None],
        "death_date": [None, day(2021, 1, 1), None, None, None, day(2020, 9, 1), None, None],
        "last_contact": [None, day(2021, 1, 1), None, day(2022, 2, 1), None, day(2020, 9, 1), None, day(2021, 6, 1)],
        "baseline_complete": [2, None] * 4,
    }
    return upload(
        table(
            "export.csv",
            columns,
            label={"drug___1": "Drugs (choice=Sorafenib)", "drug___2": "Drugs (choice=Azacitidine)", "eln": "ELN risk"},
            levels={
                "sex": {"0": "Female", "1": "Male"},
                "eln": {"0": "favourable", "1": "intermediate", "2": "adverse"},
            },
        ),
        format="redcap",
    )
