#include "gridgov/partition/options.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "gridgov/model/units.hpp"
#include "number_text.hpp"
#include "refuse.hpp"

namespace gridgov::partition {
namespace {

void check_finite(const char* option, double value) {
    if (!std::isfinite(value))
        refuse(Code::option_not_finite, {{"option", option}, {"value", number_text(value)}});
}

}  // namespace

void check(const Options& options) {
    const Rules& rules = options.rules;
    check_finite("min", rules.weight_min);
    check_finite("max", rules.weight_max);
    check_finite("target", rules.weight_target);
    check_finite("group_weight", options.group_weight_m);
    if (options.group_weight_m < 0)
        refuse(Code::option_negative,
               {{"option", "group_weight"}, {"value", number_text(options.group_weight_m)}});
    // 1e12 keeps every sum of weights in millionths within 64 bits.
    if (!(rules.weight_min > 0) || rules.weight_min > rules.weight_max || rules.weight_max > 1e12)
        refuse(Code::bounds_invalid,
               {{"min", number_text(rules.weight_min)}, {"max", number_text(rules.weight_max)}});
    if (rules.weight_target < rules.weight_min || rules.weight_target > rules.weight_max)
        refuse(Code::target_outside_bounds, {{"target", number_text(rules.weight_target)},
                                             {"min", number_text(rules.weight_min)},
                                             {"max", number_text(rules.weight_max)}});
    if (rules.courtyards && *rules.courtyards < 1)
        refuse(Code::option_negative,
               {{"option", "courtyards"}, {"value", std::to_string(*rules.courtyards)}});
}

void check(const GridRules& rules) {
    const bool bounds = rules.courtyards_min.has_value() || rules.courtyards_max.has_value();
    if (rules.grids && bounds) refuse(Code::grids_options_conflict, {});
    if (rules.grids && *rules.grids < 1)
        refuse(Code::option_negative,
               {{"option", "grids"}, {"value", std::to_string(*rules.grids)}});
    if (bounds) {
        if (!rules.courtyards_min || !rules.courtyards_max) refuse(Code::grids_options_conflict, {});
        if (*rules.courtyards_min < 1 || *rules.courtyards_min > *rules.courtyards_max)
            refuse(Code::bounds_invalid, {{"min", std::to_string(*rules.courtyards_min)},
                                          {"max", std::to_string(*rules.courtyards_max)}});
    }
}

}  // namespace gridgov::partition
