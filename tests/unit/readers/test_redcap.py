"""REDCap: an export and its data dictionary, raw or with labels, checkboxes, events, missing-data codes."""

import csv
import io

import pytest

from cohort.errors import UploadError
from cohort.readers.upload import read_upload

DICTIONARY = [
    ["Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
     "Choices, Calculations, OR Slider Labels", "Field Note"],
    ["study_id", "base", "", "text", "Study ID", "", ""],
    ["sex", "base", "", "radio", "<b>Sex</b> at birth", "0, Female | 1, Male", ""],
    ["eln", "base", "", "dropdown", "ELN risk", "2, adverse | 0, favourable | 1, intermediate, by karyotype", ""],
    ["drug", "base", "", "checkbox", "Drugs", "1, Sorafenib | 2, Azacitidine | -9, Other", ""],
    ["alive", "fu", "", "yesno", "Alive?", "", ""],
    ["months", "fu", "", "text", "Months to last contact", "", ""],
    ["unc", "fu", "", "radio", "Certainty", "C, certain | UNC, uncertain", ""],
    ["bmi", "fu", "", "calc", "BMI", "round([w]/[h],1)", ""],
]  # fmt: skip
EXPORT = [
    ["study_id", "redcap_event_name", "redcap_repeat_instance", "sex", "eln", "drug___1", "drug___2", "drug____9",
     "alive", "months", "unc", "bmi", "fu_complete"],
    ["1", "base_arm_1", "", "0", "2", "1", "0", "0", "", "", "", "", "2"],
    ["1", "fu_arm_1", "1", "", "", "", "", "", "1", "12.5", "UNC", "22.1", "2"],
    ["2", "base_arm_1", "", "1", "0", "0", "1", "1", "", "", "", "", "0"],
    ["2", "fu_arm_1", "1", "", "", "", "", "", "0", "NASK", "C", "NA", "2"],
]  # fmt: skip


def text(rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def read(export=EXPORT, dictionary=DICTIONARY):
    return read_upload([("export.csv", text(export)), ("dictionary.csv", text(dictionary))])


def test_labels_and_choices_come_from_the_dictionary():
    upload = read()
    assert upload.format == "redcap"
    (table,) = upload.tables
    assert table.names == tuple(EXPORT[0]), "events, repeats and completion stay columns"
    labels = {c.name: c.label for c in table.columns}
    assert labels["sex"] == "Sex at birth"
    assert labels["drug___1"] == "Drugs (choice=Sorafenib)"
    assert labels["drug____9"] == "Drugs (choice=Other)"
    assert table.column("eln").levels == {"2": "adverse", "0": "favourable", "1": "intermediate, by karyotype"}
    assert list(table.column("eln").levels) == ["2", "0", "1"], "in the order of the dictionary"
    assert table.column("alive").levels == {"1": "Yes", "0": "No"}
    assert table.column("bmi").levels == {}, "a calculation is no list of choices"
    assert table.column("sex").values.to_pylist() == [0, None, 1, None]


def test_missing_data_codes_are_not_reported_unless_they_are_choices():
    (table,) = read().tables
    assert table.column("months").values.to_pylist() == [None, 12.5, None, None]
    assert "NASK" in table.column("months").missing
    assert table.column("unc").values.to_pylist() == [None, "UNC", None, "C"]


def test_an_export_with_labels():
    export = [list(r) for r in EXPORT]
    for row in export[1:]:
        row[3] = {"0": "Female", "1": "Male", "": ""}[row[3]]
    export[0] = [{"months": "Months to last contact", "sex": "Sex at birth"}.get(n, n) for n in export[0]]
    (table,) = read(export).tables
    sex = table.column("Sex at birth")
    assert sex.values.to_pylist() == ["Female", None, "Male", None]
    assert sex.levels == {"Female": "Female", "Male": "Male"}


def test_the_dictionary_of_the_programming_interface():
    names = ["field_name", "form_name", "section_header", "field_type", "field_label", "select_choices_or_calculations"]
    (table,) = read(dictionary=[names, *(r[:6] for r in DICTIONARY[1:])]).tables
    assert table.column("sex").levels == {"0": "Female", "1": "Male"}


def test_an_export_alone_is_recognised_and_asks_for_the_dictionary():
    upload = read_upload([("export.csv", text(EXPORT))])
    assert upload.format == "redcap"
    assert any("with its data dictionary, labels and choices are read too" in n for n in upload.notes)


def test_a_dictionary_alone_or_of_another_project_is_refused():
    with pytest.raises(UploadError, match="a REDCap data dictionary without the data"):
        read_upload([("dictionary.csv", text(DICTIONARY))])
    with pytest.raises(UploadError, match="no column of this file is a field of the data dictionary"):
        read([["x", "y"], ["1", "2"]])
