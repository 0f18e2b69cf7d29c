"""The commands `gridgov points …`: files in, the library's answer, files out, an exit code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from gridgov import output
from gridgov.commands import BROKEN, DONE
from gridgov.console import Console
from gridgov.errors import UsageError
from gridgov.faults import Fault, Faults, printable
from gridgov.manifest import manifest
from gridgov.points import files, reading, registers, verification
from gridgov.points.boards import Board
from gridgov.points.comparison import Comparison
from gridgov.points.decomposition import Decomposition, halves
from gridgov.points.linting import lint as find_lint
from gridgov.points.rulebook import Rulebooks
from gridgov.points.settlement import Settlement, shown
from gridgov.points.settlement import settle as settle_points

_TABLES = ("households", "persons", "register", "exchanges", "goods")
_SUMS = ("issued", "held", "deducted", "redeemed", "expired", "forfeited", "pending")


def lint(options: SimpleNamespace, console: Console) -> int:
    """`gridgov points lint`"""
    inputs = reading.Inputs()
    books = reading.read_rules(inputs, options.rules)
    reading.read_tables(inputs, {name: getattr(options, name) for name in ("households", "goods")})
    _raise(inputs)
    assert books is not None
    tables = inputs.tables
    found = inputs.answer(
        lambda: find_lint(books, households=tables.get("households"), goods=tables.get("goods")),
    )
    console.result(
        {
            "rulebooks": books.ids,
            "findings": [inputs.fault_of(one).as_record(console.language) for one in found],
        }
    )
    if not console.json:
        for fault in map(inputs.fault_of, found):
            console.text(console.finding(fault))
    console.note("points.say.linted", count=len(found), rulebooks=len(books))
    return BROKEN if any(one.severity == "error" for one in found) else DONE


def settle(options: SimpleNamespace, console: Console) -> int:
    """`gridgov points settle`"""
    destination = _destination(options)
    inputs = reading.Inputs()
    books = reading.read_rules(inputs, options.rules)
    previous, before = _previous(inputs, options.previous)
    _read(inputs, options)
    assert books is not None
    result = _settled(inputs, books, options, console, "points.say.settling", previous)
    record = manifest("points settle", vars(options), inputs.files)
    names = inputs.household_names
    if names is None and previous is not None:
        names = previous.names or None
    with destination.open() as directory:
        files.write(
            result,
            directory,
            language=console.language,
            manifest=record,
            names=names,
            before=before,
        )
    faults = [inputs.fault_of(one) for one in result.findings]
    records = [fault.as_record(console.language) for fault in faults]
    console.result(result.summary | {"findings": records})
    console.summary(_settle_lines(result, console))
    console.findings(faults)
    console.note("say.written", path=options.out)
    return DONE if result.holds else BROKEN


def _previous(
    inputs: reading.Inputs, path: Path | None
) -> tuple[files.Directory | None, files.Ledger | None]:
    """What a settlement goes on from: its state, and its ledger once that is proved."""
    if path is None:
        return None, None
    try:
        previous = files.read(path)
        before = files.read_ledger(previous)
    except Faults as error:
        inputs.faults.extend(error.faults)
        return None, None
    inputs.files.extend(previous.files)
    return previous, before


def _settle_lines(result: Settlement, console: Console) -> list[tuple[str, str]]:
    of, say = result.summary, console.say
    lines = [
        (say("label.households"), str(of["households"])),
        (say("label.villages"), str(of["villages"])),
        (say("points.label.as_of"), of["as_of"]),
        (say("points.label.register_rows"), str(of["register_rows"])),
    ]
    counted = {
        "entries_posted": of["entries"]["posted"],
        "entries_pending": of["entries"]["pending"],
        "entries_error": of["entries"]["error"],
        "exchanges_accepted": of["exchanges"]["accepted"],
        "exchanges_refused": of["exchanges"]["refused"],
    }
    lines += [(say(f"points.label.{name}"), str(n)) for name, n in counted.items() if n]
    lines += [(say(f"points.label.{name}"), result.shown(of[name])) for name in _SUMS]
    conserved = "conserved" if of["conserved"] else "not_conserved"
    lines.append((say("points.label.ledger"), say(f"points.label.{conserved}")))
    for name in ("liability_yuan", "budget_yuan"):
        if of[name] is not None:
            lines.append((say(f"points.label.{name}"), str(of[name])))
    return lines


def compare(options: SimpleNamespace, console: Console) -> int:
    """`gridgov points compare`"""
    destination = _destination(options)
    inputs = reading.Inputs()
    old = reading.read_rules(inputs, [options.old])
    new = reading.read_rules(inputs, [options.new]) if not inputs.faults else None
    previous, _ = _previous(inputs, options.previous)
    _read(inputs, options)
    assert old is not None
    assert new is not None
    said = ("points.say.settling_old", "points.say.settling_new")
    before, after = (
        _settled(inputs, books, options, console, key, previous, keep_state=False)
        for books, key in zip((old, new), said, strict=True)
    )
    comparison = Comparison(before, after)
    record = manifest("points compare", vars(options), inputs.files)
    with destination.open() as directory:
        files.write_comparison(comparison, directory, language=console.language)
        output.write_json(directory / "manifest.json", record)
    found = _distinct([inputs.fault_of(one) for one in [*before.findings, *after.findings]])
    console.result(
        comparison.summary | {"findings": [fault.as_record(console.language) for fault in found]}
    )
    _show_comparison(comparison, console)
    console.findings(found)
    console.note("say.written", path=options.out)
    return DONE if before.holds and after.holds else BROKEN


def _distinct(faults: Sequence[Fault]) -> list[Fault]:
    """Faults without those that say the same again."""
    kept: dict[str, Fault] = {}
    for fault in faults:
        kept.setdefault(fault.render("en"), fault)
    return list(kept.values())


def _show_comparison(comparison: Comparison, console: Console) -> None:
    of, say, scale = comparison.summary, console.say, comparison.unit_scale
    console.summary(
        (say(f"points.label.{n}"), str(of[n])) for n in ("gaining", "losing", "unchanged")
    )
    header = [say(f"points.label.{name}") for name in ("sum", "before", "after", "change")]
    rows = [
        [
            say(f"points.label.{n}"),
            *(shown(of[n][when], scale) for when in ("before", "after", "change")),
        ]
        for n in _SUMS
    ]
    for name in ("liability_yuan", "budget_yuan"):
        if of[name]["before"] is not None or of[name]["after"] is not None:
            cells = ["" if cell is None else str(cell) for cell in of[name].values()]
            rows.append([say(f"points.label.{name}"), *cells])
    console.table(header, rows)
    changed = comparison.rules[comparison.rules["change"] != 0]
    if not changed.empty:
        header[0] = say("points.label.rule")
        console.table(
            header,
            [
                [
                    row["rule_id"],
                    *(shown(row[name], scale) for name in ("before", "after", "change")),
                ]
                for row in changed.to_dict("records")
            ],
        )


def decompose(options: SimpleNamespace, console: Console) -> int:
    """`gridgov points decompose`"""
    of = registers.Registers(options.register, vars(options))
    rules = registers.named("--rules", options.rules)
    paths = [*map(Path, rules.values()), *of.paths]
    destination = output.Destination(options.out, options.force, paths)
    books, rule_files, faults = registers.read_rules(rules)
    read = of.read()
    for name in of:
        faults += read[name].in_order(read[name].faults)
    if faults:
        raise Faults(_distinct(faults))
    settled = _settled_all(of, read, books, options, console)
    made = Decomposition(settled, list(books), list(of))
    inputs = [*rule_files, *(path for name in of for path in read[name].files)]
    record = manifest("points decompose", vars(options), inputs)
    with destination.open() as directory:
        files.write_decomposition(made, directory, language=console.language)
        output.write_json(directory / "manifest.json", record)
    found = _distinct(
        [
            inputs.fault_of(one)
            for row in settled
            for inputs, cell in zip(read.values(), row, strict=True)
            for one in cell.findings
        ]
    )
    console.result(
        made.summary | {"findings": [fault.as_record(console.language) for fault in found]}
    )
    _show_decomposition(made, console)
    console.findings(found)
    console.note("say.written", path=options.out)
    return DONE if all(cell.holds for row in settled for cell in row) else BROKEN


def _settled_all(
    of: registers.Registers,
    read: dict[str, reading.Inputs],
    books: dict[str, Rulebooks],
    options: SimpleNamespace,
    console: Console,
) -> list[list[Settlement]]:
    """Every register under every set of rulebooks; `Faults`, all of them, where one is refused."""
    settled: list[list[Settlement]] = []
    faults: list[Fault] = []
    for rules in books.values():
        settled.append([])
        for name in of:
            given = SimpleNamespace(**vars(options) | {"as_of": of.of(name)["as_of"]})
            try:
                cell = _settled(
                    read[name], rules, given, console, "points.say.settling", None, keep_state=False
                )
            except Faults as error:
                faults += error.faults
                continue
            settled[-1].append(cell)
    if faults:
        raise Faults(_distinct(faults))
    return settled


def _show_decomposition(made: Decomposition, console: Console) -> None:
    say, scale = console.say, made.unit_scale
    names = map(printable, made.points.columns)
    console.table(
        [say("points.label.points_by_rulebooks"), *names],
        [
            [printable(name), *(shown(units, scale) for units in row)]
            for name, row in zip(made.points.index, made.points.to_numpy().tolist(), strict=True)
        ],
    )
    of = made.summary
    console.summary(
        (say(f"points.label.{name}"), halves(of[name], scale))
        for name in ("before", "after", "change", "rules_part", "people_part")
    )


def verify(options: SimpleNamespace, console: Console) -> int:
    """`gridgov points verify`"""
    found = verification.verify(options.in_)
    records = [fault.as_record(console.language) for fault in found.findings]
    console.result(found.as_record() | {"findings": records})
    say = console.say
    console.summary(
        [
            (say("points.label.as_of"), found.as_of),
            (say("points.label.postings"), str(found.postings)),
            (say("points.label.hash"), found.hash),
            (say("points.label.files"), ", ".join(map(printable, found.files))),
            (say("points.label.verified"), say(f"points.label.{_verdict(found)}")),
        ]
    )
    console.findings(found.findings)
    return DONE if found.holds else BROKEN


def _verdict(found: verification.Verified) -> str:
    return "as_written" if found.holds else "changed"


def statement(options: SimpleNamespace, console: Console) -> int:
    """`gridgov points statement`"""
    from gridgov.points import time_plot

    destination = None if options.out is None else _destination(options)
    directory = _results(options.in_)
    settled = directory.settlement()
    try:
        made = settled.statement(options.household, lang=console.language)
    except UsageError:
        known = settled.balances["household_id"].tolist()
        raise Faults([reading.unknown_household(options.household, known)]) from None
    if destination is not None:
        record = manifest("points statement", vars(options), directory.files)
        with destination.open() as out:
            files.write_frame(made.lines, out / "passbook.csv")
            files.write_frame(made.quiet, out / "without_effect.csv")
            files.write_frame(made.lots, out / "lots.csv")
            time_plot.save_over_time(
                settled,
                out / "passbook.png",
                household=options.household,
                language=console.language,
                masked=False,
            )
            (out / "passbook.txt").write_text(f"{made}\n", encoding="utf-8", newline="\n")
            output.write_json(out / "manifest.json", record)
    console.result(made.as_dict() | {"findings": []})
    console.text(_printable_lines(str(made)))
    if destination is not None:
        console.note("say.written", path=options.out)
    return DONE


def _results(path: Path) -> files.Directory:
    """A directory of results whose state is whole and whose rules are those settled under."""
    directory = files.read(path)
    verification.check_rules(path)
    return directory


def _printable_lines(text: str) -> str:
    return "\n".join(printable(line, 2000) for line in text.split("\n"))


def board(options: SimpleNamespace, console: Console) -> int:
    """`gridgov points board`"""
    from gridgov.points import time_plot

    destination = None if options.out is None else _destination(options)
    directory = _results(options.in_)
    settled = directory.settlement()
    made = Board(settled, directory.names, masked=not options.unmasked, lang=console.language)
    if destination is not None:
        record = manifest("points board", vars(options), directory.files)
        with destination.open() as out:
            files.write_frame(made.ranking, out / "board.csv")
            files.write_frame(made.black, out / "black.csv")
            files.write_frame(made.thresholds, out / "thresholds.csv")
            time_plot.board(made, out / "board.png", language=console.language)
            output.write_json(out / "manifest.json", record)
    console.result(
        {
            "as_of": settled.as_of.isoformat(),
            "masked": not options.unmasked,
            "unit_scale": settled.unit_scale,
            "thresholds": _records(made.thresholds),
            "ties": console.say("points.board.ties"),
            "ranking": made.ranking.to_dict("records"),
            "black": made.black.to_dict("records"),
            "findings": [],
        }
    )
    _show_board(made, settled, console)
    if destination is not None:
        console.note("say.written", path=options.out)
    return DONE


def _records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """Rows as JSON has them: null for what is not there."""
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def _thresholds(row: dict[Any, Any], settled: Settlement, console: Console) -> str:
    """Who is on a village's lists, as its rulebook says."""
    say = console.say
    if row["rulebook"] is None:
        return say("points.board.no_rulebook")
    red = []
    if row["red_top"] is not None:
        red.append(say("points.board.red_top", top=row["red_top"]))
    if row["red_at_least"] is not None:
        red.append(say("points.board.red_at_least", points=settled.shown(row["red_at_least"])))
    black = [say("points.board.black_mend")]
    if row["black_at_most"] is not None:
        least = settled.shown(row["black_at_most"])
        black.insert(0, say("points.board.black_at_most", points=least))
    return say(
        "points.board.thresholds",
        rulebook=printable(row["rulebook"]),
        red=say("points.board.and").join(red) or say("points.board.nobody"),
        black=say("points.board.or").join(black),
    )


def _show_board(made: Board, settled: Settlement, console: Console) -> None:
    say = console.say
    named = bool((made.ranking["name"] != "").any() if len(made.ranking) else False)

    def who(row: dict[Any, Any]) -> str:
        name = f" {row['name']}" if named else ""
        return printable(f"{row['household_id']}{name}")

    limits = {row["village"]: row for row in _records(made.thresholds)}
    for village, rows in made.ranking.groupby("village", sort=False):
        console.text(say("points.board.ranking", village=printable(village)))
        console.text(_thresholds(limits[village], settled, console))
        header = [say(f"points.label.{name}") for name in ("household", "rank", "balance", "list")]
        lines = []
        for row in rows.to_dict("records"):
            listed = say("points.board.red") if row["red"] else ""
            if row["vetoed_by"]:
                listed = say("points.board.vetoed", register_no=printable(row["vetoed_by"]))
            lines.append([who(row), str(row["rank"]), settled.shown(row["balance"]), listed])
        console.table(header, lines)
    if not made.ranking.empty:
        console.text(say("points.board.ties"))
    if made.black.empty:
        return
    console.text(say("points.board.black"))
    header = [say(f"points.label.{name}") for name in ("household", "balance", "reason", "until")]
    console.table(
        header,
        [
            [
                who(row),
                settled.shown(row["balance"]),
                printable(f"{row['register_no']} {row['reason']}".strip(), 200),
                row["until"] or say("points.board.until_it_rises"),
            ]
            for row in made.black.to_dict("records")
        ],
    )


def _destination(options: SimpleNamespace) -> output.Destination:
    given = vars(options)
    paths = [given.get(name) for name in (*_TABLES, "previous", "in_", "old", "new")]
    known = [path for path in [*paths, *given.get("rules", [])] if path is not None]
    return output.Destination(options.out, options.force, known)


def _read(inputs: reading.Inputs, options: SimpleNamespace) -> None:
    reading.read_tables(inputs, {name: getattr(options, name) for name in _TABLES})
    if (options.exchanges is None) != (options.goods is None) and options.exchanges is not None:
        inputs.faults.append(Fault("without", {"given": "--exchanges", "other": "--goods"}))
    _raise(inputs)


def _raise(inputs: reading.Inputs) -> None:
    if inputs.faults:
        raise Faults(inputs.in_order(inputs.faults))


def _settled(
    inputs: reading.Inputs,
    books: Rulebooks,
    options: SimpleNamespace,
    console: Console,
    key: str,
    previous: files.Directory | None,
    *,
    keep_state: bool = True,
) -> Settlement:
    with console.progress(key) as progress:
        return inputs.answer(
            lambda: settle_points(
                books,
                **{"households": None, "register": None} | inputs.tables,
                as_of=options.as_of,
                previous=None if previous is None else previous.state,
                skip_faulty_villages=options.skip_faulty_villages,
                keep_state=keep_state,
                threads=options.threads,
                progress=progress,
            ),
        )
