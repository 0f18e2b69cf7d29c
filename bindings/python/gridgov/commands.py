"""What each command does: files in, the library's answer, files out, an exit code.

Every command follows one course: check the place of the result, read all files and collect their
faults, ask the library (which collects its own), and only then write.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

from gridgov import output, reading, tables
from gridgov.console import Console, number
from gridgov.errors import DataError, UsageError
from gridgov.faults import Fault, Faults, printable
from gridgov.manifest import manifest
from gridgov.options import grid_rules, partition_options

if TYPE_CHECKING:
    from gridgov.partitioning import Partition

DONE, BROKEN, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

Answer = TypeVar("Answer")

#: What each command hands on to the library as it stands.
_VERIFY = ("min", "max", "metric", "max_link_m")
_COMPARE = (*_VERIFY, "target", "courtyards", "group_weight", "seed", "threads")
_PARTITION = (*_COMPARE, "grids", "grid_courtyards", "effort")
_CHECKED = {*_PARTITION} - {"max_link_m", "grids", "grid_courtyards"}
_REQUEST = (
    "households",
    "id_column",
    "village_column",
    "weight_column",
    "head_column",
    "pin_column",
    "group_column",
    "links",
    "roads",
    "barriers",
    "crs",
    "ways_crs",
    "barriers_crs",
    "unlocated",
)


def partition(options: SimpleNamespace, console: Console) -> int:
    """`gridgov partition`"""
    import gridgov

    clock = _Clock()
    faults = _contradictions(options)
    inputs, destination = _prepared(options, faults)
    assert destination is not None
    clock.stage("reading")
    with console.progress("say.solving") as progress:
        rules = _rules(options, *_PARTITION)
        result = _ask(
            inputs,
            lambda: gridgov.partition(
                inputs.households,
                **inputs.arguments,
                **rules,
                bound=options.bound,
                progress=progress,
            ),
        )
    return _finished("partition", result, options, console, clock, inputs, destination)


def revise(options: SimpleNamespace, console: Console) -> int:
    """`gridgov revise`"""
    import gridgov
    from gridgov.revision import read_retired

    clock = _Clock()
    faults = _contradictions(options)
    previous = options.previous
    retired: list[str] = []
    if previous.is_dir():
        with contextlib.suppress(OSError, ValueError, KeyError):  # told by what reads the table
            retired = read_retired(previous)
        previous = previous / "households.csv"
    inputs, destination = _prepared(options, faults, previous)
    assert destination is not None
    clock.stage("reading")
    with console.progress("say.solving") as progress:
        rules = _rules(options, *_PARTITION)
        result = _ask(
            inputs,
            lambda: gridgov.revise(
                inputs.assignment,
                inputs.households,
                **inputs.arguments,
                **rules,
                keep=options.keep,
                lock=options.lock or [],
                retired=retired,
                progress=progress,
            ),
        )
    counts = ("kept", "moved", "moved_lower_bound", "entered", "left")
    return _finished("revise", result, options, console, clock, inputs, destination, counts)


def explain(options: SimpleNamespace, console: Console) -> int:
    """`gridgov explain`"""
    import gridgov

    destination = None
    if options.out is not None:
        destination = output.Destination(options.out, options.force, [options.in_])
    try:
        found = gridgov.explain(options.in_, options.household, options.to)
    except (UsageError, DataError) as error:
        raise Faults([Fault(finding.code, finding=finding) for finding in error.findings]) from None
    findings = found.findings
    record = found.as_record(console.language)
    record |= {"findings": output.records(findings, console.language)}
    if destination is not None:
        with destination.open() as directory:
            output.write_json(directory / "explanation.json", record)
            made_from = manifest("explain", vars(options), [])
            output.write_json(directory / "manifest.json", made_from)
    console.result(record)
    console.text(found.text(console.language))
    return BROKEN if any(finding.severity == "error" for finding in findings) else DONE


def _finished(
    command: str,
    result: Partition,
    options: SimpleNamespace,
    console: Console,
    clock: _Clock,
    inputs: reading.Inputs,
    destination: output.Destination,
    counts: Iterable[str] = (),
) -> int:
    """Writes the files of a partition, new or revised, tells of it, and gives the exit code.
    `counts` of the summary are told first."""
    clock.stage(None)  # the library has told its own stages
    seconds = clock.seconds | result.summary["seconds"]
    summary = result.summary | {"seconds": seconds}
    record = manifest(command, vars(options), inputs.files)
    with destination.open() as directory:
        with console.progress("say.writing") as progress:
            output.write_files(
                result,
                directory,
                language=console.language,
                manifest=record,
                summary=summary,
                progress=progress,
            )
        clock.stage("writing")
        seconds["writing"] = clock.seconds["writing"]
        output.write_json(directory / "summary.json", summary)
    console.result(summary | {"findings": output.records(result.findings, console.language)})
    lines = [(console.say(f"label.{name}"), str(summary[name])) for name in counts]
    console.summary([*lines, *_partition_lines(summary, console)])
    console.findings(map(inputs.fault_of, result.findings), str(options.out / "findings.json"))
    console.note("say.written", path=options.out)
    return DONE if result.holds else BROKEN


def _partition_lines(summary: Mapping[str, Any], console: Console) -> list[tuple[str, str]]:
    say = console.say

    def metres(value: Any) -> str:
        shown = number(value)
        return say("label.metres", value=shown) if shown else ""

    size = ", ".join(number(summary[key], 6) for key in ("min", "target", "max"))
    broken = str(summary["broken_courtyards"])
    proved = str(summary["broken_proved_unavoidable"]) if summary["broken_courtyards"] else ""
    seconds = sum(summary["seconds"].values())
    return [
        (say("label.households"), str(summary["households"])),
        (say("label.villages"), str(summary["villages"])),
        (say("label.components"), str(summary["components"])),
        (say("label.courtyards"), str(summary["courtyards"])),
        (say("label.grids"), str(summary["grids"]) if summary["grids"] else ""),
        (say("label.size"), size),
        (say("label.broken"), broken),
        (say("label.broken_proved"), proved),
        (say("label.metric"), say(f"label.{summary['metric']}")),
        (say("label.mean_distance"), metres(summary["mean_distance_m"])),
        (say("label.max_distance"), metres(summary["max_distance_m"])),
        *_grid_lines(summary, console),
        *_bound_lines(summary, console),
        (say("label.crs"), str(summary["crs"])),
        (say("label.seconds"), number(seconds)),
    ]


def _grid_lines(summary: Mapping[str, Any], console: Console) -> list[tuple[str, str]]:
    """How compact and how even grids are, where there are any."""
    if not summary["grids"]:
        return []
    mean = console.say("label.metres", value=number(summary["grid_mean_distance_m"]))
    return [
        (console.say("label.grid_mean_distance"), mean),
        (console.say("label.grid_imbalance"), f"{summary['grid_imbalance']:.2f}"),
    ]


def _bound_lines(measures: Mapping[str, Any], console: Console) -> list[tuple[str, str]]:
    """How much shorter it could be at most, where that is known."""
    if measures["lower_bound_total_distance_m"] is None:
        return []
    gap = measures["gap"]
    shown = console.say("label.not_known") if gap is None else f"{100 * gap:.2f} %"
    bound = number(measures["lower_bound_total_distance_m"])
    return [
        (console.say("label.bound"), console.say("label.metres", value=bound)),
        (console.say("label.gap"), shown),
    ]


def verify(options: SimpleNamespace, console: Console) -> int:
    """`gridgov verify`"""
    import gridgov

    faults = _contradictions(options)
    inputs, destination = _prepared(options, faults, options.assignment, options.certificate)
    rules = _rules(options, *_VERIFY)
    result = _ask(
        inputs,
        lambda: gridgov.verify(
            inputs.households,
            inputs.assignment,
            **inputs.arguments,
            **rules,
            certificate=inputs.certificate,
        ),
    )
    if destination is not None:
        record = manifest("verify", vars(options), inputs.files)
        records = output.records(result.findings, console.language)
        with destination.open() as directory:
            tables.write_csv(result.frame, directory / "courtyards.csv")
            output.write_json(directory / "summary.json", result.measures)
            output.write_json(directory / "findings.json", {"findings": records})
            output.write_json(directory / "manifest.json", record)
    say, measures = console.say, result.measures
    found = [inputs.fault_of(finding) for finding in result.findings]
    lines = [fault.as_record(console.language) for fault in found]
    console.result({"holds": result.holds} | measures | {"findings": lines})
    console.summary(
        [
            (say("label.households"), str(len(inputs.households))),
            (say("label.courtyards"), str(measures["courtyards"])),
            (say("label.broken"), str(measures["broken_courtyards"])),
            (say("label.mean_distance"), f"{measures['mean_distance_m']:.1f} m"),
            (say("label.max_distance"), f"{measures['max_distance_m']:.1f} m"),
            *_bound_lines(measures, console),
        ]
    )
    console.findings(found)
    errors = sum(fault.severity == "error" for fault in found)
    if errors:
        console.note("say.broken", count=errors)
    else:
        console.note("say.holds")
    return DONE if result.holds else BROKEN


def compare(options: SimpleNamespace, console: Console) -> int:
    """`gridgov compare`"""
    import gridgov
    from gridgov import quality_plot

    names = None
    if options.algorithms is not None:
        names = [name.strip() for name in options.algorithms.split(",") if name.strip()]
    inputs, destination = _prepared(options, _contradictions(options))
    rules = _rules(options, *_COMPARE, "seconds")
    frame = _ask(
        inputs,
        lambda: gridgov.compare(inputs.households, names, **inputs.arguments, **rules),
    )
    if destination is not None:
        record = manifest("compare", vars(options), inputs.files)
        with destination.open() as directory:
            tables.write_csv(frame, directory / "comparison.csv")
            quality_plot.save(frame, directory / "comparison.png", language=console.language)
            output.write_json(directory / "manifest.json", record)
    rows: list[dict[Any, Any]] = frame.to_dict("records")
    findings = [
        Fault(
            "algorithm_breaks_rules",
            {"share": f"{100 * row['broken_share']:.2f}"},
            records=(row["algorithm"],),
            severity="note",  # what was asked for: a baseline may break rules
        )
        for row in rows
        if row["broken_share"] > 0
    ]
    say = console.say
    console.result(
        {
            "algorithms": rows,
            "findings": [finding.as_record(console.language) for finding in findings],
        }
    )
    header = ("algorithm", "courtyards", "broken_short", "disconnected", "mean_short", "max_short")
    console.table(
        [*(say(f"label.{name}") for name in header), say("label.seconds")],
        [
            [
                row["algorithm"],
                str(row["courtyards"]),
                f"{100 * row['broken_share']:.2f} %",
                f"{100 * row['disconnected_share']:.2f} %",
                f"{row['mean_distance_m']:.2f}",
                f"{row['max_distance_m']:.1f}",
                f"{row['seconds']:.2f}",
            ]
            for row in rows
        ],
    )
    console.findings(findings)
    return DONE


def township(options: SimpleNamespace, console: Console) -> int:
    """`gridgov simulate township`"""
    import gridgov

    destination = output.Destination(options.out, options.force)
    try:
        town = gridgov.simulate_township(
            households=options.households, villages=options.villages, seed=options.seed
        )
    except UsageError as error:
        raise Faults([Fault(error.code, finding=error.finding)]) from None
    record = manifest("simulate township", vars(options), [])
    with destination.open() as directory:
        for name in ("households", "villages", "way_nodes", "ways"):
            tables.write_csv(getattr(town, name), directory / f"{name}.csv")
        layer = town.barriers
        output.write_geojson(
            layer.drop(columns="geometry"),
            layer.geometry.to_numpy(),
            directory / "barriers.geojson",
            on_earth=False,
        )
        output.write_json(directory / "manifest.json", record)
    counts = {
        "households": len(town.households),
        "villages": len(town.villages),
        "way_nodes": len(town.way_nodes),
        "ways": len(town.ways),
        "barriers": len(town.barriers),
        "seed": options.seed,
    }
    console.result(counts | {"findings": []})
    console.summary((console.say(f"label.{name}"), str(count)) for name, count in counts.items())
    console.note("say.written", path=options.out)
    return DONE


def _contradictions(options: SimpleNamespace) -> list[Fault]:
    """Options that do not go together, told before any file is opened."""
    faults = []
    if options.links is not None and options.roads is not None:
        faults.append(Fault("links_and_roads"))
    for given, name, other, needed in (
        (options.ways_crs, "--ways-crs", options.roads, "--roads"),
        (options.barriers_crs, "--barriers-crs", options.barriers, "--barriers"),
    ):
        if given is not None and other is None:
            faults.append(Fault("without", {"given": name, "other": needed}))
    given = vars(options)
    try:
        rules = {name: value for name, value in given.items() if name in _CHECKED}
        partition_options(**{"target": options.min} | rules)
        if "grids" in given:
            options.grid_courtyards = _pair_of_counts(options.grid_courtyards)
            grid_rules(options.grids, options.grid_courtyards)
    except UsageError as error:
        faults.append(Fault(error.code, finding=error.finding))
    return faults


def _pair_of_counts(given: tuple[str, str] | None) -> tuple[int, int] | None:
    if given is None:
        return None
    try:
        return int(given[0]), int(given[1])
    except ValueError:
        fields = {"name": "--grid-courtyards", "given": printable(" ".join(given))}
        raise Faults([Fault("option_not_whole", fields)]) from None


def _prepared(
    options: SimpleNamespace,
    faults: list[Fault],
    assignment: Path | None = None,
    certificate: Path | None = None,
) -> tuple[reading.Inputs, output.Destination | None]:
    """All that is read, with its faults collected, and the place of the result, if there is one."""
    request = reading.Request(**{name: getattr(options, name) for name in _REQUEST})
    destination = None
    files = [request.households, request.links, *(request.roads or ()), request.barriers]
    try:
        if options.out is not None:
            known = [path for path in (*files, assignment, certificate) if path is not None]
            destination = output.Destination(options.out, options.force, known)
    except Faults as error:
        faults.extend(error.faults)
    if faults:
        raise Faults(faults)
    inputs = reading.read(request)
    if assignment is not None:
        reading.read_assignment(inputs, assignment)
    if certificate is not None:
        reading.read_certificate(inputs, certificate)
    return inputs, destination


def _rules(options: SimpleNamespace, *names: str) -> dict[str, Any]:
    return {name: getattr(options, name) for name in names}


def _ask(inputs: reading.Inputs, question: Callable[[], Answer]) -> Answer:
    """The library's answer, or all faults: those of reading and those that the library finds in
    what could be read."""
    if inputs.faults:
        raise Faults(inputs.all_faults())
    return inputs.answer(question)


class _Clock:
    """Seconds by stage, whole milliseconds."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def stage(self, name: str | None) -> None:
        """Ends a stage; one without a name is not kept."""
        now = time.perf_counter()
        if name is not None:
            self.seconds[name] = round(now - self._last, 3)
        self._last = now
