"""Our own layout from bytes: the same cohort as from the folder, and the same sentences."""

import pytest

from cohort.errors import CohortFolderError
from cohort.readers import read_cohort
from cohort.readers.folder import read_cohort_files
from tests.support import printed


def files():
    return {p.name: p.read_bytes() for p in printed.FOLDER.iterdir() if p.is_file()}


def test_bytes_and_folder_give_the_same_cohort():
    from_files, from_folder = read_cohort_files(files()), read_cohort(printed.FOLDER)
    assert from_files.fingerprint == from_folder.fingerprint
    assert vars(from_files.definition) == vars(from_folder.definition)
    assert set(from_files.tables) == set(from_folder.tables)
    for name, table in from_folder.tables.items():
        assert from_files.tables[name].equals(table, check_metadata=True)


def test_a_file_that_is_not_there_is_named():
    given = files()
    del given["mrd.csv"]
    with pytest.raises(CohortFolderError, match=r"mrd\.csv: the file named in cohort\.toml \[files\] is missing"):
        read_cohort_files(given)
    del given["cohort.toml"]
    with pytest.raises(
        CohortFolderError, match=r"cohort\.toml: the data dictionary is missing\. Seen: .*patients\.csv"
    ):
        read_cohort_files(given)
