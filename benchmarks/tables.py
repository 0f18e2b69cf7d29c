"""`./run bench tables`: what `./run bench partition` and `peers` printed, as Markdown.

Without options a table per place, a row per run; with --settlements one table of them all, a row
per place, ours beside METIS. These are the tables of docs/performance.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

OURS = ("gridgov-draft", "gridgov-standard", "gridgov-best")


def main(words: list[str]) -> int:
    """Prints the tables of the files, or of the standard input."""
    parser = argparse.ArgumentParser(prog="./run bench tables", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="CSV")
    parser.add_argument("--settlements", action="store_true")
    given = parser.parse_args(words)
    frame = pd.concat([pd.read_csv(file) for file in given.files or [sys.stdin]])
    if given.settlements:
        print(settlements(frame))
    else:
        print("\n\n".join(algorithms(rows) for _, rows in frame.groupby("instance", sort=False)))
    return 0


def settlements(frame: pd.DataFrame) -> str:
    """A row per place: mean distance and seconds of ours and METIS k-way, and their ratios."""
    ours = [name for name in OURS if (frame["algorithm"] == name).any()]
    short = [name.removeprefix("gridgov-") for name in ours]
    bound = "lower_bound_mean_m" in frame and bool(frame["lower_bound_mean_m"].notna().any())
    header = ["settlement", "households", *(f"{name}: mean m, s" for name in short)]
    header += ["METIS: mean m, s", *(f"{name} ÷ METIS: mean, time" for name in short)]
    header += ["broken by ours, by METIS"] + [f"{name}: over the bound" for name in short] * bound
    lines = []
    for instance, rows in frame.groupby("instance", sort=False):
        run = rows.groupby("algorithm").first()
        metis = run.loc["metis-kway"]
        line = [str(instance), f"{run['n'].iloc[0]:,}"]
        line += [_figures(run.loc[name]) for name in [*ours, "metis-kway"]]
        for name in ours:
            mean = run.loc[name, "mean_distance_m"] / metis["mean_distance_m"]
            line.append(f"{mean:.3f}, {run.loc[name, 'seconds'] / metis['seconds']:.3f}")
        line.append(
            f"{_share(run.loc[ours, 'broken_share'].max())}, {_share(metis['broken_share'])}"
        )
        if bound:
            least_m = run["lower_bound_mean_m"].max()
            line += [_over(run.loc[name, "mean_distance_m"], least_m) for name in ours]
        lines.append(line)
    return _table(header, lines, left=1)


def algorithms(rows: pd.DataFrame) -> str:
    """A row per run on one place, the shortest first among those that keep the rules."""
    bound = "lower_bound_mean_m" in rows and rows["lower_bound_mean_m"].notna().any()
    legal = rows.loc[rows["broken_share"] == 0, "mean_distance_m"]
    least_m = rows["lower_bound_mean_m"].max() if bound else legal.min()
    over = "over the bound" if bound else "over the shortest"
    title = f"{rows['instance'].iloc[0]}, {int(rows['n'].iloc[0]):,} households"
    lines = []
    ordered = rows.assign(breaks=rows["broken_share"] > 0, silent=rows["mean_distance_m"].isna())
    for _, row in ordered.sort_values(["silent", "breaks", "mean_distance_m"]).iterrows():
        if row["silent"]:
            lines.append([row["algorithm"], "", "", "", "", "", row["note"]])
            continue
        courtyards = row.get("courtyards")
        notes = "" if pd.isna(courtyards) else f"{courtyards:.0f} courtyards"
        distance = f"{row['mean_distance_m']:.2f}"
        shares = [_share(row["broken_share"]), _share(row["disconnected_share"])]
        seconds = _seconds(row["seconds"])
        gap = _over(row["mean_distance_m"], least_m)
        lines.append([row["algorithm"], seconds, distance, gap, *shares, notes])
    header = ["algorithm", "seconds", "mean m", over, "households in broken", "in pieces", ""]
    return f"**{title}**\n\n{_table(header, lines, left=1)}"


def _figures(run: pd.Series) -> str:
    return f"{run['mean_distance_m']:.1f}, {_seconds(run['seconds'])}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}" if seconds < 1 else f"{seconds:.1f}"


def _share(share: float) -> str:
    return "0" if share == 0 else f"{100 * share:.1f} %"


def _over(mean_m: float, least_m: float) -> str:
    return f"{100 * (mean_m / least_m - 1):.2f} %"


def _table(header: list[str], lines: list[list[str]], left: int) -> str:
    rule = ["---"] * left + ["---:"] * (len(header) - left)
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in [header, rule, *lines])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
