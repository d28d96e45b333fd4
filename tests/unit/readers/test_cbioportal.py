"""cBioPortal clinical files: what the rows above the names say, words for missing, and what else a study holds."""

import pytest
from lifelines import KaplanMeierFitter, datasets

from cohort.errors import UploadError
from cohort.readers.upload import read_upload
from tests.support import formats

HEAD = [
    ["Patient Identifier", "Sex", "FAB", "Cluster", "Overall Survival (Months)", "Overall Survival Status"],
    ["Identifier of a patient.", "Sex", 'Class "FAB"', "A code", "Months", "Status"],
    ["STRING", "STRING", "STRING", "STRING", "NUMBER", "STRING"],
    ["1", "1", "1", "1", "1", "1"],
]
NAMES = ["PATIENT_ID", "SEX", "FAB", "CLUSTER", "OS_MONTHS", "OS_STATUS"]
ROWS = [
    ["P-1", "Male", "M4", "1", "11.99", "1:DECEASED"],
    ["P-2", "Female", '"M5a', "2", "0", "0:LIVING"],
    ["P-3", "[Not Available]", "NA", "1", "[Not Available]", "[Discrepancy]"],
]


def clinical(head=HEAD, names=NAMES, rows=ROWS):
    return ("\n".join(["#" + "\t".join(r) for r in head] + ["\t".join(r) for r in (names, *rows)]) + "\n").encode()


def test_labels_types_and_missing_words():
    upload = read_upload([("data_clinical_patient.txt", clinical())])
    assert upload.format == "cbioportal"
    (table,) = upload.tables
    assert table.names == tuple(NAMES)
    assert [c.label for c in table.columns] == HEAD[0]
    assert table.first_row == 6
    assert table.column("OS_MONTHS").values.to_pylist() == [11.99, 0.0, None]
    assert table.column("OS_STATUS").values.to_pylist() == ["1:DECEASED", "0:LIVING", None]
    assert table.column("CLUSTER").values.to_pylist() == ["1", "2", "1"], "declared as STRING"
    assert table.column("FAB").values.to_pylist() == ["M4", '"M5a', None], "the format knows no quotes"
    assert set(table.column("SEX").missing) == {"[Not Available]"}


def test_events_and_median_of_a_cohort_written_as_clinical_files():
    frame = datasets.load_larynx()
    rows = [[f"P{i}", str(r.time), ["0:LIVING", "1:DECEASED"][int(r.death)]] for i, r in enumerate(frame.itertuples())]
    names = ["PATIENT_ID", "OS_MONTHS", "OS_STATUS"]
    head = [names, names, ["STRING", "NUMBER", "STRING"], ["1"] * 3]
    (table,) = read_upload([("a.txt", clinical(head, names, rows))]).tables
    time = table.column("OS_MONTHS").values.to_pylist()
    event = [s.startswith("1") for s in table.column("OS_STATUS").values.to_pylist()]
    assert sum(event) == frame["death"].sum()
    expected = KaplanMeierFitter().fit(frame["time"], frame["death"]).median_survival_time_
    assert KaplanMeierFitter().fit(time, event).median_survival_time_ == expected


def test_older_files_with_a_row_of_levels():
    head = [*HEAD[:3], ["PATIENT"] * 6, HEAD[3]]
    (table,) = read_upload([("a.txt", clinical(head))]).tables
    assert table.first_row == 7
    assert table.column("CLUSTER").values.to_pylist() == ["1", "2", "1"]


def test_a_whole_study_keeps_its_clinical_files():
    sample = clinical(
        [["Patient", "Sample"], ["", ""], ["STRING", "STRING"], ["1", "1"]],
        ["PATIENT_ID", "SAMPLE_ID"],
        [["P-1", "P-1-A"], ["P-1", "P-1-B"]],
    )
    study = {
        "aml/meta_study.txt": b"type_of_cancer: aml\n",
        "aml/data_clinical_patient.txt": clinical(),
        "aml/data_clinical_sample.txt": sample,
        "aml/data_mutations.txt": b"#version 2.4\nHugo_Symbol\tTumor_Sample_Barcode\nFLT3\tP-1-A\n",
        "aml/data_cna.txt": b"Hugo_Symbol\t" + b"\t".join(b"S%d" % i for i in range(5000)) + b"\n",
        "aml/case_lists/cases_all.txt": b"stable_id: all\n",
    }
    upload = read_upload([("aml.zip", formats.zipped(study))])
    assert [t.name for t in upload.tables] == ["data_clinical_patient.txt", "data_clinical_sample.txt"]
    assert any("without a PATIENT_ID column" in n and "data_mutations.txt" in n for n in upload.notes)


def test_a_short_row_is_refused_by_its_number_in_the_file():
    with pytest.raises(UploadError, match=r"row 7: this row has 2 cells"):
        read_upload([("a.txt", clinical(rows=[ROWS[0], ["P-2", "Male"], ROWS[2]]))])
