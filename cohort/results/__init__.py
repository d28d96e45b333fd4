"""Everything one page shows of a view, as tidy tables computed at most once: one module a page or question."""
