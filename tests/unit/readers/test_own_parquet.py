"""Our own Parquet export is handed in again and needs no mapping."""

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from cohort.errors import UploadError
from cohort.exports.extract import extract
from cohort.exports.parquet_files import parquet_zip
from cohort.readers import read_cohort
from cohort.readers.archive import unpacked
from cohort.readers.folder import read_cohort_files
from cohort.readers.upload import read_upload
from tests.support import printed

FOLDERS = {"founding": printed.FOLDER, "synthetic": printed.FOLDER.parent / "synthetic-maintenance"}


@pytest.mark.parametrize("name", FOLDERS)
def test_the_export_reads_back_to_the_same_cohort(name):
    cohort = read_cohort(FOLDERS[name])
    upload = read_upload([("export.zip", parquet_zip(extract(cohort, np.ones(cohort.n, dtype=bool))))])
    assert upload.format == "folder"
    back = read_cohort_files(upload.files)
    assert set(back.tables) == set(cohort.tables)
    for table in cohort.tables:
        assert back.tables[table].to_pydict() == cohort.tables[table].to_pydict(), table
    for endpoint in cohort.definition.identified_endpoints:
        a, b = cohort.outcome(endpoint), back.outcome(back.definition.endpoint(endpoint.code))
        medians = [KaplanMeierFitter().fit(x.time, x.kind == 1).median_survival_time_ for x in (a, b)]
        assert medians[0] == medians[1]
        assert (a.kind == b.kind).all()


def test_a_table_that_is_not_there_is_named():
    cohort = read_cohort(printed.FOLDER)
    files = unpacked("x.zip", parquet_zip(extract(cohort, np.ones(cohort.n, dtype=bool))))
    with pytest.raises(
        UploadError, match=r"mrd\.parquet: a table of this cohort is missing\. Seen: .*patients\.parquet"
    ):
        read_upload([f for f in files if f[0] != "mrd.parquet"])


def test_parquet_of_others_is_read_as_tables():
    cohort = read_cohort(printed.FOLDER)
    files = unpacked("x.zip", parquet_zip(extract(cohort, np.ones(cohort.n, dtype=bool))))
    upload = read_upload([f for f in files if f[0] == "mrd.parquet"])
    assert upload.format == "parquet"
