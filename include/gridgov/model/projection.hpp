// From longitude and latitude to a local plane, and back.
#pragma once

#include <cstdint>
#include <span>

#include "gridgov/export.hpp"

namespace gridgov {

struct LonLat {
    double lon_deg = 0;
    double lat_deg = 0;
};

struct PlanePoint {
    double x_m = 0;
    double y_m = 0;
};

/// Transverse Mercator on the WGS 84 ellipsoid with scale 1 on a central meridian of whole degrees;
/// y counts from the equator. The Krüger series to the sixth order (Karney 2011, "Transverse Mercator
/// with an accuracy of a few nanometers"): exact to micrometres within 30° of the meridian.
///
/// Choosing a whole degree, and nothing else from the data, means that a village has the same
/// coordinates alone or among thousands. A length at a distance d from the meridian is too long by
/// d² ÷ 2R²: 31 mm a kilometre at 50 km, .12 m a kilometre at 100 km. CGCS 2000 differs from WGS 84
/// by millimetres and is read as WGS 84.
/// libm decides the last bits, so the promise of equal bytes on any machine holds for planar input.
/// An immutable value, safe to read from any number of threads.
class LocalPlane {
public:
    /// The plane of a meridian in whole degrees, −180 to 180.
    GRIDGOV_EXPORT explicit LocalPlane(int central_meridian_deg);
    /// The plane for data: the whole degree nearest to the median longitude (halves upward).
    /// NaN entries are passed over; with none left, meridian 0.
    GRIDGOV_EXPORT static LocalPlane for_longitudes(std::span<const double> lon_deg);

    int central_meridian_deg() const noexcept { return meridian_deg_; }
    GRIDGOV_EXPORT PlanePoint forward(LonLat place) const noexcept;
    GRIDGOV_EXPORT LonLat inverse(PlanePoint point) const noexcept;

private:
    int meridian_deg_;
};

/// From China's obfuscated GCJ-02 (web maps) to WGS 84, by fixed-point iteration on the published
/// forward formula until it moves less than 1e-10 degrees. Outside the formula's China rectangle
/// (72.004–137.8347° E, .8293–55.8271° N) GCJ-02 equals WGS 84.
GRIDGOV_EXPORT LonLat wgs84_from_gcj02(LonLat gcj02) noexcept;

/// The published forward formula, WGS 84 to GCJ-02.
GRIDGOV_EXPORT LonLat gcj02_from_wgs84(LonLat wgs84) noexcept;

}  // namespace gridgov
