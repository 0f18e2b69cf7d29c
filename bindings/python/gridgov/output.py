"""Results as files: a directory made whole beside its place, then put there."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridgov import tables
from gridgov.faults import Fault, Faults, printable
from gridgov.language import Language
from gridgov.manifest import manifest, to_json

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from gridgov.errors import Finding
    from gridgov.partitioning import Partition

HOUSEHOLDS = (
    "household_id",
    "courtyard_id",
    "grid_id",
    "village_id",
    "head_household_id",
    "distance_to_head_m",
)
GRIDS = (
    "grid_id",
    "village_id",
    "courtyards",
    "households",
    "centre_courtyard_id",
    "mean_distance_m",
    "max_distance_m",
)
COURTYARDS = (
    "courtyard_id",
    "grid_id",
    "village_id",
    "households",
    "weight",
    "head_household_id",
    "mean_distance_m",
    "max_distance_m",
    "status",
    "unavoidable",
    "reason",
)
LINKS = ("u", "v", "length_m")


class Destination:
    """Where a directory of results will be. Checked before any work is done for it."""

    def __init__(self, path: Path, force: bool, inputs: Iterable[Path] = ()) -> None:
        """Raises `Faults` where it cannot be made, or is there and not to be replaced."""
        self.given = path
        try:
            self.path = path.resolve()
            exists = self._exists(self.path)
            if exists and not self.path.is_dir():
                raise Faults([self._fault("out_is_file")])
            if exists and not force:
                raise Faults([self._fault("out_exists")])
            self._protect(inputs)
            if exists:
                self._try(self.path)
            self._base = next(parent for parent in self.path.parents if os.path.lexists(parent))
            with self.staged() as trial:
                for part in self.path.relative_to(self._base).parts:
                    (trial / part).mkdir()
            self._exists(self.path / "courtyards.geojson")
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a loop of links
            raise Faults([self._unwritable(error)]) from None

    def _protect(self, inputs: Iterable[Path]) -> None:
        """A directory that holds an input or the place one stands in is not replaced."""
        for inner in [*inputs, Path.cwd(), Path.home()]:
            if inner.resolve().is_relative_to(self.path):
                raise Faults([self._fault("out_holds", inner=str(inner))])

    @staticmethod
    def _exists(path: Path) -> bool:
        """Whether there is such an entry; OSError where there cannot be one."""
        try:
            path.lstat()
        except FileNotFoundError:
            return False
        return True

    @staticmethod
    def _try(directory: Path) -> None:
        if not os.access(directory, os.W_OK | os.X_OK):
            raise PermissionError(13, os.strerror(13))

    def _fault(self, code: str, **fields: str) -> Fault:
        return Fault(code, {"path": printable(self.given, 200), **fields})

    def _unwritable(self, error: BaseException) -> Fault:
        reason = getattr(error, "strerror", None) or str(error)
        return self._fault("out_unwritable", reason=printable(reason, 200))

    @contextlib.contextmanager
    def staged(self) -> Iterator[Path]:
        """An empty directory on the same file system, removed in the end with what is in it."""
        name = os.fsencode(self.path.name)[:100].decode(errors="ignore")
        directory = Path(tempfile.mkdtemp(prefix=f".{name}.", suffix=".partial", dir=self._base))
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    @contextlib.contextmanager
    def open(self) -> Iterator[Path]:
        """The directory to write into. In its place, whole, once the block ends without an
        exception; else nothing is left of it."""
        try:
            with self.staged() as directory:
                new, old = directory / "new", directory / "old"
                new.mkdir()
                yield new
                self.path.parent.mkdir(parents=True, exist_ok=True)
                if self.path.is_dir():
                    self.path.rename(old)
                try:
                    new.rename(self.path)
                except BaseException:
                    if old.is_dir():
                        old.rename(self.path)
                    raise
        except OSError as error:
            raise Faults([self._unwritable(error)]) from None


class FilePlace:
    """Where one file of results will be. Checked before any work is done for it."""

    def __init__(self, path: Path, force: bool, inputs: Iterable[Path] = ()) -> None:
        """Raises `Faults` where it cannot be made, is there and not to be replaced, or lies within
        one of the directories `inputs`."""
        self.path = path
        try:
            if path.is_dir():
                raise Faults([Fault("is_a_directory", {}, printable(path, 200))])
            if os.path.lexists(path) and not force:
                raise Faults([Fault("out_exists", {"path": printable(path, 200)})])
            for inner in inputs:
                if path.resolve().is_relative_to(inner.resolve()):
                    raise Faults([Fault("out_within", self._fields(inner=printable(inner, 200)))])
            if not path.parent.is_dir() or not os.access(path.parent, os.W_OK | os.X_OK):
                raise Faults([Fault("out_unwritable", self._fields(reason=str(path.parent)))])
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a loop of links
            raise self._unwritable(error) from None

    def _fields(self, **fields: str) -> dict[str, str]:
        return {"path": printable(self.path, 200), **fields}

    def _unwritable(self, error: BaseException) -> Faults:
        reason = printable(getattr(error, "strerror", None) or str(error), 200)
        return Faults([Fault("out_unwritable", self._fields(reason=reason))])

    def write(self, text: str) -> None:
        """Writes the file beside its place and moves it there: whole, or not at all."""
        part = None
        try:
            with tempfile.NamedTemporaryFile(
                "w",
                encoding="utf-8",
                newline="\n",
                dir=self.path.parent,
                prefix=".",
                suffix=".partial",
                delete=False,
            ) as file:
                part = Path(file.name)
                file.write(text)
            umask = os.umask(0)
            os.umask(umask)
            part.chmod(0o666 & ~umask)
            part.replace(self.path)
        except (OSError, ValueError) as error:
            raise self._unwritable(error) from None
        finally:
            if part is not None:
                part.unlink(missing_ok=True)


def write(
    partition: Partition,
    path: str | os.PathLike[str],
    *,
    force: bool = False,
    language: Language = "en",
) -> Path:
    """Writes everything that `gridgov partition` writes into a new directory; with `force` one that
    is there already is replaced whole. Raises `FileExistsError` where it is not to be replaced, and
    `OSError` where it cannot be written; then nothing is left."""
    path = Path(path)
    try:
        with Destination(path, force).open() as directory:
            write_files(
                partition, directory, language=language, manifest=manifest("partition", {}, [])
            )
    except Faults as error:
        fault = error.faults[0]
        kind = FileExistsError if fault.code in {"out_exists", "out_is_file"} else OSError
        raise kind(fault.message(language)) from None
    return path


def write_files(
    partition: Partition,
    directory: Path,
    *,
    manifest: Mapping[str, Any],
    language: Language = "en",
    summary: Mapping[str, Any] | None = None,
    progress: Callable[[float], object] | None = None,
) -> None:
    """Writes the files of a result into a directory that exists. `progress` is told the share done
    of the time that this takes, about."""
    from gridgov import map_page, plot, report, wishes

    told = progress or (lambda _share: None)
    told(0.0)
    courtyards = partition.courtyards.assign(reason=partition.reasons(language))
    write_frame(partition.households, HOUSEHOLDS, directory / "households.csv")
    write_frame(courtyards, COURTYARDS, directory / "courtyards.csv")
    if partition.grids is not None:
        write_frame(partition.grids, GRIDS, directory / "grids.csv")
    write_frame(partition.links, LINKS, directory / "links.csv")
    write_json(directory / "summary.json", summary or partition.summary)
    write_json(directory / "findings.json", {"findings": records(partition.findings, language)})
    write_json(directory / "manifest.json", manifest)
    wishes.write_town(partition, directory)
    write_changes(partition, directory)
    if partition.certificate is not None:
        write_certificate(directory / "certificate.json", partition.certificate)
    told(0.1)
    write_outlines(partition, directory / "courtyards.geojson")
    told(0.4)
    plot.save_map(partition, directory / "map.png", language=language)
    plot.save_histograms(partition, directory / "histograms.png", language=language)
    map_page.write(partition, directory / "map.html", language=language)
    write_picture_of_changes(partition, directory / "changes.png", language)
    told(0.7)
    report.write(partition, directory / "report.html", language=language)


def write_changes(partition: Partition, directory: Path) -> None:
    """Writes what a revision changed, and the ids that live no more."""
    from gridgov.partitioning import frame_of
    from gridgov.revision import RETIRED, Revision

    if not isinstance(partition, Revision):
        return
    tables.write_csv(partition.changes, directory / "changes.csv")
    retired = frame_of({"courtyard_id": np.array(partition.retired_ids, dtype=object)})
    tables.write_csv(retired, directory / RETIRED)


def write_picture_of_changes(partition: Partition, path: Path, language: Language) -> None:
    """Draws what a revision changed; nothing of any other partition."""
    from gridgov import moves_plot
    from gridgov.revision import Revision

    if isinstance(partition, Revision):
        moves_plot.save(partition, path, language=language)


def write_frame(frame: pd.DataFrame, first: Sequence[str], path: Path) -> None:
    """Writes a table: the contract's columns in their order, then what else there is."""
    others = [name for name in frame.columns if name not in first]
    tables.write_csv(frame[[*first, *others]], path)


def write_json(path: Path, value: Any) -> None:
    """Writes a JSON file."""
    path.write_text(to_json(value) + "\n", encoding="utf-8", newline="\n")


def write_certificate(path: Path, certificate: Mapping[str, Any]) -> None:
    """Writes a certificate: a line for each of its columns."""
    lines = []
    for name, part in certificate.items():
        if name in ("components", "households"):
            columns = ",\n".join(
                f"    {json.dumps(key)}: {json.dumps(column, ensure_ascii=False)}"
                for key, column in part.items()
            )
            lines.append(f"  {json.dumps(name)}: {{\n{columns}\n  }}")
        else:
            lines.append(f"  {json.dumps(name)}: {json.dumps(part)}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")


def records(findings: Iterable[Finding], language: Language) -> list[dict[str, Any]]:
    """Findings as JSON shows them."""
    return [
        {
            "code": finding.code,
            "severity": finding.severity,
            "message": finding.message(language),
            "records": list(finding.records),
        }
        for finding in findings
    ]


def write_outlines(partition: Partition, path: Path) -> None:
    """Writes the courtyards' polygons: lon,lat where it is known where they lie, else metres of the
    households' plane."""
    frame = partition.outlines()
    shapes = np.asarray(frame.geometry.array, dtype=object)
    on_earth = frame.crs is not None
    if not on_earth and partition.plane.on_earth:

        def to_lonlat(places: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack(partition.to_lonlat(places[:, 0], places[:, 1]))

        shapes, on_earth = shapely.transform(shapes, to_lonlat), True
    write_geojson(frame.drop(columns=frame.geometry.name), shapes, path, on_earth=on_earth)


def write_geojson(
    properties: pd.DataFrame, shapes: NDArray[Any], path: Path, *, on_earth: bool
) -> None:
    """Writes GeoJSON, a feature a line: lon,lat to seven decimals (a centimetre); or metres to
    three, and `"crs": null`, which says that they are no lon,lat."""
    shapes = shapely.transform(shapes, lambda places: np.round(places, 7 if on_earth else 3))
    names = list(properties.columns)
    columns = [properties[name].tolist() for name in names]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection",\n')
        file.write('"features": [' if on_earth else '"crs": null,\n"features": [')
        for row, shape in enumerate(shapes):
            cells = {name: column[row] for name, column in zip(names, columns, strict=True)}
            geometry = "null" if shape is None or shape.is_empty else shapely.to_geojson(shape)
            file.write(",\n" if row else "\n")
            file.write('{"type": "Feature", "properties": ')
            file.write(f'{to_json(cells, indent=None)}, "geometry": {geometry}}}')
        file.write("\n]}\n")
