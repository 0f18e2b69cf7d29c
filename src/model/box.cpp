#include "model/box.hpp"

#include <algorithm>
#include <cmath>

#include "number_text.hpp"

namespace gridgov::model {

void Box::add(double x_m, double y_m) noexcept {
    if (empty()) {
        x_min_ = x_max_ = x_m;
        y_min_ = y_max_ = y_m;
        return;
    }
    x_min_ = std::min(x_min_, x_m);
    x_max_ = std::max(x_max_, x_m);
    y_min_ = std::min(y_min_, y_m);
    y_max_ = std::max(y_max_, y_m);
}

double Box::diagonal_m() const noexcept {
    if (empty()) return 0;
    const double width = x_max_ - x_min_;
    const double height = y_max_ - y_min_;
    return std::sqrt(width * width + height * height);
}

bool Box::meets(const Box& other, double slack_m) const noexcept {
    return !empty() && !other.empty() &&
           x_min_ - slack_m <= other.x_max_ && other.x_min_ <= x_max_ + slack_m &&
           y_min_ - slack_m <= other.y_max_ && other.y_min_ <= y_max_ + slack_m;
}

std::string Box::text() const {
    return "x " + number_text(x_min_) + "–" + number_text(x_max_) + " m, y " +
           number_text(y_min_) + "–" + number_text(y_max_) + " m";
}

}  // namespace gridgov::model
