"""Cox's partial likelihood of group indicators, from the life table, with and without Firth's penalty."""

from __future__ import annotations

import numpy as np

from cohort.statistics.risk_sets import RiskSets

_STEP, _ITERATIONS, _ROUNDING, _CONVERGED = 5.0, 100, 1e-9, 1e-11
_PROFILE_TOLERANCE = 1e-9


class PartialLikelihood:
    """Log partial likelihood of the log hazard ratios of all groups but the first.

    With ``penalised`` half the log determinant of the information is added (Jeffreys' prior): it falls without bound
    in every direction, so a maximum exists also where the likelihood itself has none. The determinant is the same
    whichever group is the reference.
    """

    def __init__(self, sets: RiskSets, ties: str, penalised: bool = False) -> None:
        tied = sets.n_event.sum(axis=0)
        self.n_event = sets.n_event.sum(axis=1)
        self.penalised = penalised
        if ties == "breslow":
            self.column, self.weight, self.at_risk = np.arange(len(tied)), tied, sets.n_risk
        elif ties == "efron":  # one term an event; after k of d tied events the share k/d of the d has left
            self.column = np.repeat(np.arange(len(tied)), tied)
            self.weight = np.ones(len(self.column))
            gone = np.arange(len(self.column)) - np.repeat(np.cumsum(tied) - tied, tied)
            self.at_risk = sets.n_risk[:, self.column] - gone / tied[self.column] * sets.n_event[:, self.column]
        else:
            raise ValueError(f"ties {ties!r} is not allowed: efron or breslow")

    def shares(self, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Share of each group in the hazard of every risk set, shape (groups, terms), and log of the total."""
        hazard = self.at_risk * np.exp(np.concatenate([[0.0], beta]))[:, None]
        total = hazard.sum(axis=0)
        return hazard / total, np.log(total)

    def at(self, beta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
        """Value, score, information of the likelihood and curvature (with the penalty's) at ``beta``, (groups - 1,)."""
        share, log_total = self.shares(beta)
        value = float(self.n_event[1:] @ beta - self.weight @ log_total)
        score = self.n_event[1:] - share[1:] @ self.weight
        information = spread(share, self.weight)
        if not self.penalised:
            return value, score, information, information
        slope, bend = _penalty_derivatives(share[1:], self.weight, information)
        value += float(np.linalg.slogdet(information)[1]) / 2
        return value, score + slope, information, information - bend

    def maximum(
        self, start: np.ndarray, free: np.ndarray | None = None
    ) -> tuple[np.ndarray, float, np.ndarray, np.ndarray]:
        """Maximum over the ``free`` coefficients (boolean; default all): beta, value, score, information."""
        beta, free = start, np.arange(len(start)) if free is None else np.flatnonzero(free)
        value, score, information, curvature = self.at(beta)
        for _ in range(_ITERATIONS):
            step = np.zeros_like(beta)
            step[free] = np.linalg.solve(curvature[np.ix_(free, free)], score[free])
            if score @ step < 0:  # the penalised likelihood need not be concave far from its maximum
                step[free] = np.linalg.solve(information[np.ix_(free, free)], score[free])
            # the squared distance to the maximum in standard errors; what is left after this step is of its order
            last = score @ step < _CONVERGED * (1 + abs(value))
            step *= _STEP / max(np.abs(step).max(), _STEP)
            found = self.at(beta + step)
            while found[0] < value - _ROUNDING:
                step /= 2
                found = self.at(beta + step)
            beta, (value, score, information, curvature) = beta + step, found
            if last:
                return beta, value, score, information
        raise ArithmeticError(f"the partial likelihood has not converged in {_ITERATIONS} steps at {beta.tolist()}")

    def profile(self, beta: np.ndarray, j: int, value: float) -> tuple[float, float]:
        """The likelihood with coefficient j at ``value`` and the others at their best, and its slope in ``value``."""
        free = np.arange(len(beta)) != j
        _, found, score, _ = self.maximum(np.where(free, beta, value), free)
        return found, float(score[j])

    def profile_limit(self, beta: np.ndarray, top: float, j: int, z: float, error: float, furthest: float) -> float:
        """Where the profile of coefficient j is z²/2 below ``top``, its value at ``beta``, on one side of it.

        The side is the sign of ``error``, a first guess of the standard error. NaN if the ratio exp(coefficient)
        would be beyond ``furthest`` or one over it. Newton's method on the root of the fall, which is nearly a
        straight line, kept in a bracket.
        """
        inside, outside = beta[j], np.copysign(np.log(furthest), error)
        target, value, unseen = top - z**2 / 2, beta[j] + z * error, True
        while abs(outside - inside) > _PROFILE_TOLERANCE and (outside - inside) * error > 0:
            if not min(inside, outside) < value < max(inside, outside):
                value = outside if unseen else (inside + outside) / 2
            found, slope = self.profile(beta, j, value)
            if abs(found - target) < _PROFILE_TOLERANCE:
                return value
            if found < target:
                outside, unseen = value, False
            else:
                inside = value
            root = np.sqrt(2 * max(top - found, 0.0))
            value += (root - z) * root / slope
        return np.nan if unseen else value


def spread(share: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Weighted sum over the risk sets of the variance diag(p) - p p' of all groups' indicators but the first's.

    1 - p is taken as the sum of the other groups' shares: where one share is nearly 1 it would be rounded away.
    """
    together = (share * weight) @ share.T
    np.fill_diagonal(together, 0.0)
    return (np.diag(together.sum(axis=1)) - together)[1:, 1:]


def _penalty_derivatives(share: np.ndarray, weight: np.ndarray, information: np.ndarray):
    """First and second derivatives of log|I| / 2.

    With dI the derivative of I they are tr(I^-1 dI) / 2 and (tr(I^-1 ddI) - tr(I^-1 dI I^-1 dI)) / 2. Of one risk set
    I is V = diag(p) - p p', dp is V again, and dV = diag(v) - v p' - p v' for each column v of V.
    """
    inverse, unit = np.linalg.inv(information), np.eye(len(share))
    pull = np.diag(inverse)[:, None] - 2 * inverse @ share
    moved = share * (pull - (share * pull).sum(axis=0))
    variance = share[:, None] * (unit[:, :, None] - share)
    outer = np.einsum("aqm,bm->abq", variance * weight, share)
    turned = np.tensordot(inverse, unit[:, :, None] * information[:, None] - outer - outer.transpose(1, 0, 2), 1)
    both = (moved * weight) @ share.T
    second = np.diag(moved @ weight) - both - both.T
    second -= 2 * np.einsum("qam,abm->qb", variance * weight, np.tensordot(inverse, variance, 1))
    return moved @ weight / 2, (second - np.einsum("abq,bar->qr", turned, turned)) / 2
