// Boxes around the places of a layer, to see whether two layers lie in the same part of the plane.
#pragma once

#include <string>

namespace gridgov::model {

/// A box in metres; `empty()` until a place was added.
class Box {
public:
    bool empty() const noexcept { return x_min_ > x_max_; }
    void add(double x_m, double y_m) noexcept;
    double diagonal_m() const noexcept;
    /// Whether the boxes, one of them grown by `slack_m` all round, have a place in common.
    bool meets(const Box& other, double slack_m) const noexcept;
    /// "x 0–10 m, y 5–7 m"
    std::string text() const;

private:
    double x_min_ = 1, x_max_ = 0, y_min_ = 1, y_max_ = 0;
};

}  // namespace gridgov::model
