"""From the options and the file of `quanheng calibrate` to what the engine takes."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from quanheng.calibration.ratings import Criterion, Design, Facet, Model, Ratings
from quanheng.formats.ballots_csv import read_csv, read_pairs
from quanheng.formats.ballots_table import BallotTable
from quanheng.formats.ballots_workbook import is_workbook, read_workbook
from quanheng.kernel.errors import Refused

FACETS = {"rater": "rater", "item": "item", "group": "group", "unit": "unit", "comparison_class": "class"}
Progress = Callable[[int], None]


class WrongOptions(Refused):
    """Options that do not go together, or that the file does not know."""


@dataclass(frozen=True)
class Input:
    ratings: Ratings
    design: Design
    table: BallotTable
    pairs: tuple[tuple[str, str], ...] | None


def read_input(options: argparse.Namespace, progress: Progress) -> Input:
    """Raises WrongOptions, CannotReadBallots, BallotFindings, OSError."""
    check_options(options)
    table, ratings = _workbook(options, progress) if is_workbook(options.ratings) else _csv(options, progress)
    return Input(ratings, design_of(options), table, _pairs(options.pairs, ratings.person))


def check_options(options: argparse.Namespace) -> None:
    """Each option only where it has a meaning: that it is passed over without a word would mislead."""
    model = Model(options.model)
    needs = {
        "--fixed": (options.fixed, model is Model.GAUSSIAN, "只用于 --model gaussian"),
        "--random": (options.random, model is Model.GAUSSIAN, "只用于 --model gaussian"),
        "--reml/--ml": (options.criterion, model is Model.GAUSSIAN, "只用于 --model gaussian"),
        "--partial-credit": (options.partial_credit, model is Model.JMLE, "只用于 --model jmle"),
        "--group-weights": (options.group_weights, options.group or is_workbook(options.ratings), "要同时给出 --group"),
    }
    for option, (given, has_meaning, why) in needs.items():
        if given and not has_meaning:
            raise WrongOptions("no-meaning", option=option, why=why)
    named = [name for name in ("person", "score", *FACETS) if getattr(options, name)]
    if is_workbook(options.ratings) and (named or options.fixed or options.random):
        raise WrongOptions("workbook-columns")
    if not is_workbook(options.ratings) and not (options.person and options.score):
        raise WrongOptions("no-columns")


def design_of(options: argparse.Namespace) -> Design:
    return Design(
        model=Model(options.model),
        points=options.points,
        scale=options.scale,
        group_weights=options.group_weights,
        criterion=Criterion(options.criterion or "reml"),
        fixed=tuple(options.fixed or ()),
        random=tuple(options.random or ()),
        partial_credit=options.partial_credit,
    )


def _csv(options: argparse.Namespace, progress: Progress) -> tuple[BallotTable, Ratings]:
    """A rater column that is the person column says that there is no facet of raters."""
    named = {name: getattr(options, name) for name in FACETS if getattr(options, name)}
    if named.get("rater") == options.person:
        named.pop("rater")
    others = [part.strip() for term in (options.fixed or []) for part in term.split("*")] + list(options.random or ())
    table = read_csv(options.ratings, options.score, [options.person, *named.values(), *others], progress)
    facets = {name: facet(table, column) for name, column in named.items()}
    ratings = Ratings(
        score=table.score,
        person=facet(table, options.person),
        rater=facets.get("rater"),
        item=facets.get("item"),
        group=facets.get("group"),
        unit=facets.get("unit"),
        comparison_class=facets.get("comparison_class"),
        covariates={name: facet(table, name) for name in dict.fromkeys(others)},
    )
    return table, ratings


def _workbook(options: argparse.Namespace, progress: Progress) -> tuple[BallotTable, Ratings]:
    table = read_workbook(options.ratings, progress)
    ratings = Ratings(
        score=table.score,
        person=facet(table, "person"),
        rater=facet(table, "ballot"),
        item=facet(table, "item"),
        group=facet(table, "group") if "group" in table.columns else None,
        unit=facet(table, "unit"),
        comparison_class=facet(table, "class") if "class" in table.columns else None,
    )
    return table, ratings


def facet(table: BallotTable, name: str) -> Facet:
    return Facet(table.columns[name].labels, table.columns[name].index)


def _pairs(path: Path | None, person: Facet) -> tuple[tuple[str, str], ...] | None:
    """Known before hours of work, not after."""
    if path is None:
        return None
    pairs = read_pairs(path)
    known = set(person.labels)
    strangers = sorted({label for pair in pairs for label in pair} - known)
    if strangers:
        raise WrongOptions("unknown-pairs", file=str(path), labels=strangers[:10], count=len(strangers))
    return pairs


def check_target(options: argparse.Namespace) -> None:
    if options.ratings is None:
        raise WrongOptions("no-ratings")
    if not (options.out or options.explain or options.pictures):
        raise WrongOptions("no-target")
    for folder in (options.out, options.pictures):
        if folder and folder.exists() and not folder.is_dir():
            raise WrongOptions("not-a-folder", path=str(folder))


def check_person(label: str | None, ratings: Ratings) -> None:
    if label is not None and label not in ratings.person.labels:
        raise WrongOptions("unknown-person", label=label)
