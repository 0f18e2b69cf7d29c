"""`gridgov report`: directories in, one page out."""

from __future__ import annotations

from types import SimpleNamespace

from gridgov import output
from gridgov.commands import DONE
from gridgov.console import Console
from gridgov.faults import Fault, Faults
from gridgov.lists.commands import Inputs
from gridgov.town import page, results


def report(options: SimpleNamespace, console: Console) -> int:
    """`gridgov report`"""
    faults: list[Fault] = []
    place = None
    try:
        place = output.FilePlace(options.out, options.force, options.dir)
    except Faults as error:
        faults += error.faults
    inputs = Inputs()
    known = inputs.catalogue(options.catalogue) if options.catalogue else None
    faults += inputs.faults
    town = None
    try:
        town = results.gather(
            options.dir,
            catalogue=known,
            language=console.language,
            masked=not options.unmasked,
        )
    except Faults as error:
        faults += error.faults
    if faults:
        raise Faults(faults)
    assert town is not None
    assert place is not None
    place.write(page.html(town))
    counts = {
        "courtyards": len(town.courtyards),
        "points": len(town.points),
        "duties": len(town.duties),
        "workload": len(town.workloads),
        "audit": len(town.audits),
    }
    found = [told for part in town.parts for told in part.findings]
    records = [
        {
            "severity": told.severity,
            "message": town.mask.text(told.message),
            "records": [town.mask.text(name) for name in told.records],
        }
        for told in found
    ]
    day = None if town.as_of is None else str(town.as_of)
    console.result({"as_of": day} | counts | {"findings": records})
    lines = [(console.say(f"label.report.{name}"), str(n)) for name, n in counts.items() if n]
    lines.append((console.say("label.report.findings"), str(len(found))))
    console.summary([(console.say("label.report.as_of"), day or ""), *lines])
    console.note("say.written", path=options.out)
    return DONE
