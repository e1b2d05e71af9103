"""Which Gaussian model fits the design: the twin on ballots in units, or the general one on rows."""

from quanheng.calibration.gaussian import GaussianFit
from quanheng.calibration.gaussian_ballots import fit_ballots
from quanheng.calibration.gaussian_rows import fit_rows
from quanheng.calibration.layout import Layout
from quanheng.calibration.ratings import Design, Ratings


def fit_gaussian(layout: Layout, ratings: Ratings, design: Design, *, is_split_believed: bool = False) -> GaussianFit:
    """The twin where ballots stand in units and nothing further is declared; else the general model.

    `layout` is `lay_out(ratings, …)`; it may be that of the ordinal model, whose points are then the scores. Raises
    CannotCalibrate, see `fit_ballots` and `fit_rows`; what is returned is converged.
    """
    is_plain = not design.fixed and not design.random
    if is_plain and layout.raters and layout.has_units and layout.units > 1:
        return fit_ballots(layout, design.criterion, is_split_believed=is_split_believed)
    return fit_rows(layout, ratings, design)
