"""Views that anybody could share, from a seed: any filters, any options, any words along with them."""

from __future__ import annotations

from random import Random
from urllib.parse import parse_qs, urlsplit

from cohort.estimand import HANDLINGS, happenings, write_handling
from cohort.options import Options, option_vocabulary
from cohort.selection import Selection
from cohort.sharing.marks import Mark
from cohort.sharing.share import Letter
from cohort.tables import Cohort
from cohort.view import CohortView

PAGES = ("overview", "survival", "subgroups", "adverse_events", "patients", "evidence", "your_cohort", "methods")
SIGNS = "aé中 &=?#%+~,;:/\\\"'<>[](){}*_`!$|.0-9"


def words(random: Random, most: int) -> str:
    """Text with every sign that could end a parameter or begin markup; tidied as a reader's own would be."""
    return " ".join("".join(random.choices(SIGNS, k=random.randrange(most + 1))).split())


def random_selection(random: Random, cohort: Cohort) -> Selection:
    """Levels, ranges, cut-offs and, one time in three, a frozen list."""
    filters, levels, ranges, keep = cohort.definition.filters, {}, {}, []
    for variable in random.sample(filters, random.randrange(4)):
        if variable.kind == "number":
            ranges[variable.name] = sorted(random.randint(*map(int, variable.bounds)) for _ in range(2))
            keep += [variable.name] if random.random() < 0.5 else []
        else:
            codes = [level.code for level in variable.levels]
            levels[variable.name] = random.sample(codes, random.randint(1, len(codes)))
    cutoffs = {v.name: random.choice(v.cutoffs).code for v in filters if v.cutoffs}
    frozen = [i for i in cohort.ids if random.random() < 0.6] if random.random() < 1 / 3 else []
    return Selection.of(cohort.definition, levels, ranges, keep, cutoffs, frozen)


def random_options(random: Random, cohort: Cohort) -> Options:
    """Every option drawn from what is allowed."""
    drawn = {name: random.choice(allowed) for name, allowed in option_vocabulary(cohort).items()}
    by = [level.code for v in cohort.definition.groupings if v.name == drawn["by"] for level in v.levels]
    base = cohort.definition.endpoint(drawn["endpoint"])
    handling = {h.code: random.choice(list(HANDLINGS)) for h in happenings(cohort, base)}
    return Options(
        **drawn | {"against": random.choice(["", *by])},
        treat=write_handling(cohort, base, handling),
        behind=words(random, 20),
    )


def shared_view(random: Random, cohort: Cohort) -> CohortView:
    """A view with marks on its figure."""
    marks = {Mark(random.randrange(120) / 2, words(random, 50) or "x") for _ in range(random.randrange(4))}
    return CohortView(cohort, random_selection(random, cohort), random_options(random, cohort), tuple(marks))


def random_letter(random: Random, view: CohortView) -> Letter:
    """Words that go along."""
    return Letter(note=words(random, 200), author=words(random, 50), marks=view.marks)


def parameters(link: str) -> dict[str, list[str]]:
    """A link's parameters as a browser and Streamlit read them."""
    return parse_qs(urlsplit(link).query, keep_blank_values=True)
