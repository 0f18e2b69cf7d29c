"""Where coordinates lie: references, and the one local plane into which all layers are brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridgov import _core
from gridgov.errors import DataError, UsageError, finding, usage_error

Floats = NDArray[np.float64]

#: Lengths in a projected reference that are off by more than this share are not used as they are
#: (Web Mercator stretches by a sixth in Chongqing).
_SCALE_ERROR_MAX = 0.01
#: Households' x_m, y_m and lon, lat may differ by this after the fit.
_RESIDUAL_M_MAX = 1.0
#: More households than this do not make the fit better.
_FITTED_MAX = 4096


@dataclass(frozen=True)
class Reference:
    """What coordinates mean: ``gcj02``, or a reference that pyproj knows."""

    name: str
    crs: Any = None  # a pyproj.CRS; None for gcj02 and for plain WGS 84
    projected: bool = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and (
            self.name == other.name or (self.crs is not None and self.crs == other.crs)
        )

    def __hash__(self) -> int:
        return hash(self.projected)

    def to_lonlat(self, first: Floats, second: Floats) -> tuple[Floats, Floats]:
        """WGS 84 longitude and latitude of x, y (or lon, lat) in this reference."""
        if self.name == "gcj02":
            return _core.wgs84_from_gcj02(first, second)
        if self.crs is None:
            return first, second
        return _transform(self.crs, "EPSG:4326", first, second)


WGS84 = Reference("EPSG:4326")


def reference(crs: Any, option: str) -> Reference:
    """The reference that a caller names; UsageError if it is none."""
    if isinstance(crs, Reference):
        return crs
    if isinstance(crs, str):
        folded = crs.strip().lower().replace("-", "").replace("_", "")
        if folded in {"gcj02", "gcj"}:
            return Reference("gcj02")
        if folded in {"epsg:4326", "wgs84", "ogc:crs84"}:
            return WGS84
    import pyproj

    try:
        known = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        raise usage_error("reference_invalid", option=option, value=crs) from None
    if not (known.is_projected or known.is_geographic):
        raise usage_error("reference_invalid", option=option, value=known.name)
    if known.is_geographic and known.to_epsg() == 4326:
        return WGS84
    code = known.to_authority()
    return Reference(":".join(code) if code else known.to_wkt(), known, known.is_projected)


class Plane:
    """The plane of metres that a partition's x_m, y_m lie in; here one that nobody named."""

    crs: str | None = None
    name = "planar"
    #: The greatest distance between a household's x_m, y_m and its lon, lat after the fit.
    residual_m: float | None = None
    #: Why longitude and latitude that were given are not used.
    misfit: DataError | None = None

    @property
    def on_earth(self) -> bool:
        """Whether longitude and latitude are known."""
        return type(self) is not Plane

    def from_lonlat(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """x_m, y_m of WGS 84 longitude and latitude."""
        raise usage_error("plane_unknown")

    def to_lonlat(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        """WGS 84 longitude and latitude of x_m, y_m."""
        raise usage_error("plane_unknown")

    def from_reference(
        self, given: Reference, first: Floats, second: Floats, layer: str
    ) -> tuple[Floats, Floats]:
        """A layer's coordinates in this plane."""
        if not self.on_earth:
            if given.projected:  # someone's metres beside nameless metres: the same ones, we hope;
                return first, second  # the core refuses layers that do not overlap
            if self.misfit is not None:
                raise self.misfit
            raise usage_error("planes_not_tied", layer=layer, reference=given.name)
        if self.crs is not None and given.projected and given == reference(self.crs, "crs"):
            return first, second
        return self.from_lonlat(*given.to_lonlat(first, second))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class MeridianPlane(Plane):
    """Transverse Mercator on a whole-degree meridian, WGS 84, scale 1: what lon, lat become."""

    def __init__(self, central_meridian_deg: int) -> None:
        self.central_meridian_deg = central_meridian_deg
        self.crs = (
            f"+proj=tmerc +lat_0=0 +lon_0={central_meridian_deg} +k=1 +x_0=0 +y_0=0 "
            "+ellps=WGS84 +units=m +no_defs +type=crs"
        )
        self.name = f"transverse Mercator, WGS 84, meridian {central_meridian_deg}"

    @classmethod
    def for_longitudes(cls, lon: Floats) -> MeridianPlane:
        """On the whole degree nearest to the median longitude."""
        return cls(_core.LocalPlane.for_longitudes(lon).central_meridian_deg)

    def from_lonlat(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        return _core.LocalPlane(self.central_meridian_deg).forward(lon, lat)

    def to_lonlat(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        return _core.LocalPlane(self.central_meridian_deg).inverse(x_m, y_m)


class ProjectedPlane(Plane):
    """A projected reference in metres, used as it is."""

    def __init__(self, given: Reference) -> None:
        self.crs = self.name = given.name

    def from_lonlat(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        return _transform("EPSG:4326", self.crs, lon, lat)

    def to_lonlat(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        return _transform(self.crs, "EPSG:4326", x_m, y_m)


class TiedPlane(Plane):
    """A nameless plane whose households have longitude and latitude as well.

    What is fitted is the shift between the plane and transverse Mercator, by least squares: a
    quadratic of the place (from 12 households on; an affine map from 4; else a constant), the
    shortest of the best where the households lie nearly on a line. It is fitted to at most 4,096
    households, evenly from all, and held against all of them.
    """

    def __init__(self, x_m: Floats, y_m: Floats, lon: Floats, lat: Floats, ids: Any) -> None:
        known = np.flatnonzero(np.isfinite(x_m + y_m + lon + lat))
        if not len(known):
            raise usage_error("plane_unknown")
        self._meridian = MeridianPlane.for_longitudes(lon[known])
        there = np.column_stack(self._meridian.from_lonlat(lon[known], lat[known]))
        here = np.column_stack([x_m[known], y_m[known]])
        fitted = np.linspace(0, len(known) - 1, min(len(known), _FITTED_MAX)).round().astype(int)
        self._to_here = _Shift(there[fitted], here[fitted])
        self._to_there = _Shift(here[fitted], there[fitted])
        apart = np.hypot(*(self._to_here(there) - here).T)
        worst = int(np.argmax(apart))
        self.residual_m = float(apart[worst])
        if self.residual_m > _RESIDUAL_M_MAX:
            row = int(known[worst])
            name = str(row) if ids is None else ids[row]
            fault = finding(
                "planes_disagree",
                records=[name],
                table="households",
                row=row,
                residual_m=f"{self.residual_m:.2f}",
            )
            raise DataError([fault])
        self.name = f"planar, tied to WGS 84 by the households to {self.residual_m:.2f} m"

    def from_lonlat(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        there = np.column_stack(self._meridian.from_lonlat(lon, lat))
        x_m, y_m = self._to_here(there).T
        return np.ascontiguousarray(x_m), np.ascontiguousarray(y_m)

    def to_lonlat(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        x_there, y_there = self._to_there(np.column_stack([x_m, y_m])).T
        return self._meridian.to_lonlat(
            np.ascontiguousarray(x_there), np.ascontiguousarray(y_there)
        )


class _Shift:
    """From one plane to another that differs by a smooth shift."""

    def __init__(self, source: Floats, target: Floats) -> None:
        self._middle = source.mean(axis=0)
        self._scale = float(np.abs(source - self._middle).max()) or 1.0
        self._terms = 6 if len(source) >= 12 else 3 if len(source) >= 4 else 1
        terms = self._polynomial(source)
        self._weights = np.linalg.lstsq(terms, target - source, rcond=1e-3)[0]

    def _polynomial(self, places: Floats) -> Floats:
        x, y = ((places - self._middle) / self._scale).T
        return np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y])[:, : self._terms]

    def __call__(self, places: Floats) -> Floats:
        shifted: Floats = places + self._polynomial(places) @ self._weights
        return shifted


def tied(x_m: Floats, y_m: Floats, lon: Floats, lat: Floats, ids: Any) -> Plane:
    """A nameless plane tied to the Earth; nameless still where the two disagree, and says why."""
    plane = Plane()
    try:
        return TiedPlane(x_m, y_m, lon, lat, ids)
    except DataError as misfit:
        plane.misfit = misfit
    except UsageError:
        pass  # no household has both
    return plane


def plane_of(given: Reference, first: Floats, second: Floats) -> tuple[Plane, Floats, Floats]:
    """The plane for coordinates in a reference, and x_m, y_m in it.

    Projected metres are used as they are unless they stretch lengths by more than a hundredth.
    """
    if given.projected and _metres_hold(given, first, second):
        return ProjectedPlane(given), first, second
    lon, lat = given.to_lonlat(first, second)
    plane = MeridianPlane.for_longitudes(lon)
    return plane, *plane.from_lonlat(lon, lat)


def _metres_hold(given: Reference, x: Floats, y: Floats) -> bool:
    import pyproj

    if any(axis.unit_conversion_factor != 1 for axis in given.crs.axis_info[:2]):
        return False
    located = np.isfinite(x) & np.isfinite(y)
    if not located.any():
        return True
    middle = np.array([[np.median(x[located])], [np.median(y[located])]])
    lon, lat = given.to_lonlat(middle[0], middle[1])
    if not np.isfinite(lon + lat).all():
        return True  # out of the reference's reach: the layers' overlap and the core will tell
    factors = pyproj.Proj(given.crs).get_factors(lon[0], lat[0])
    scales = np.array([factors.meridional_scale, factors.parallel_scale])
    return bool((np.abs(scales - 1) <= _SCALE_ERROR_MAX).all())


def _transform(source: Any, target: Any, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    import pyproj

    transformer = pyproj.Transformer.from_crs(source, target, always_xy=True)
    first, second = transformer.transform(np.asarray(x), np.asarray(y))
    return np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
