"""Every function a claim may name."""

from __future__ import annotations

from cohort.claims import counts, survival
from cohort.claims.registry import Function

FUNCTIONS: dict[str, Function] = {**counts.FUNCTIONS, **survival.FUNCTIONS}
"""The functions by name, in the order of docs/claims.md."""
