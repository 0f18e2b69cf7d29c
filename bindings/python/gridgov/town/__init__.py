"""The report of a town: courtyards, points and lists joined by village, as one HTML file."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from gridgov.language import Language


def write_report(
    path: str | PathLike[str],
    *results: Any,
    catalogue: Any = None,
    names: Mapping[str, str] | None = None,
    language: Language | None = None,
    masked: bool = True,
    force: bool = False,
) -> Path:
    """Writes the report of a town: one HTML file that needs no network, for screens and A4.

    A row for each village joins what is known of it; then each layer has its pictures and findings.

    Args:
        path: The file. There is a whole one or none: it is written beside its place and then moved.
        results: What to report on, in any order, each village once for each layer: a `Partition`
            or `Revision`; a `points.Settlement`; `lists.Duties`; a `lists.Workload`; the findings
            of `lists.audit`; or a directory that the command wrote.
        catalogue: A `lists.Catalogue`, or what `lists.catalogue` takes: titles of actors and items
            (by which villages are found in the other layers), posts, and the referral graph.
        names: Names of the households by id, for the boards; a directory of points has its own.
        language: "en" or "zh"; absent, the locale's. Findings read from directories stay in the
            language in which they were written.
        masked: False: names and citizens' and telephone numbers as they are.
        force: Whether a file that is there is replaced.

    Returns:
        The file.

    Raises:
        UsageError: Something given is no result, or nothing is given.
        DataError: Every directory that holds no such results or damaged ones; villages that are
            there twice; results that are as of different days.
        FileExistsError: The file is there already.
        OSError: The file cannot be written.

    Examples:
        >>> import gridgov, tempfile
        >>> from pathlib import Path
        >>> p = gridgov.partition([(i % 8 * 20.0, i // 8 * 20.0) for i in range(64)])
        >>> with tempfile.TemporaryDirectory() as directory:
        ...     file = gridgov.write_report(Path(directory) / "report.html", p, language="en")
        ...     "<h2>Villages</h2>" in file.read_text()
        True
    """
    from gridgov import output
    from gridgov.errors import DataError, finding, usage_error
    from gridgov.faults import Faults
    from gridgov.inputs import choice
    from gridgov.language import LANGUAGES, from_locale
    from gridgov.town import page
    from gridgov.town import results as reading

    path = Path(path)
    spoken: Language = from_locale() if language is None else language
    choice(spoken, "language", LANGUAGES)
    if not results:
        raise usage_error("report_nothing")
    try:
        town = reading.gather(
            results, catalogue=catalogue, names=names, language=spoken, masked=masked
        )
    except Faults as error:
        raise DataError(
            [
                fault.finding or finding("report_file_damaged", reason=fault.render(spoken))
                for fault in error.faults
            ]
        ) from None
    try:
        place = output.FilePlace(path, force)
        place.write(page.html(town))
    except Faults as error:
        fault = error.faults[0]
        kind = FileExistsError if fault.code in {"out_exists", "is_a_directory"} else OSError
        raise kind(fault.message(spoken)) from None
    return path
