// The words of files for enumerations.
#include <array>
#include <cstddef>

#include "gridgov/points/rulebook.hpp"
#include "gridgov/points/settle.hpp"

namespace gridgov::points {
namespace {

template <class Enum, std::size_t count>
std::string_view at(const std::array<std::string_view, count>& words, Enum value) noexcept {
    const auto place = static_cast<std::size_t>(value);
    return place < count ? words[place] : std::string_view{};
}

}  // namespace

std::string_view word(Per value) noexcept {
    return at(std::array<std::string_view, 4>{"occurrence", "person", "hour", "day"}, value);
}
std::string_view word(HitPolicy value) noexcept {
    return at(std::array<std::string_view, 4>{"sum", "max", "first", "unique"}, value);
}
std::string_view word(CapOver value) noexcept {
    return at(std::array<std::string_view, 3>{"rule", "group", "all"}, value);
}
std::string_view word(Scope value) noexcept {
    return at(std::array<std::string_view, 3>{"person", "household", "village"}, value);
}
std::string_view word(Period value) noexcept {
    return at(std::array<std::string_view, 6>{"day", "week", "month", "quarter", "year", "all_time"},
              value);
}
std::string_view word(CapMode value) noexcept {
    return at(std::array<std::string_view, 2>{"clip", "reject"}, value);
}
std::string_view word(Measure value) noexcept {
    return at(std::array<std::string_view, 2>{"points", "count"}, value);
}
std::string_view word(BelowFloor value) noexcept {
    return at(std::array<std::string_view, 4>{"reject", "clamp", "allow", "carry"}, value);
}
std::string_view word(YearEnd value) noexcept {
    return at(std::array<std::string_view, 2>{"carry", "clear"}, value);
}
std::string_view word(OpeningPeriod value) noexcept {
    return at(std::array<std::string_view, 2>{"year", "once"}, value);
}
std::string_view word(Status status) noexcept {
    return at(std::array<std::string_view, 6>{"posted", "pending", "rejected", "no_match", "error",
                                              "reversed"},
              status);
}
std::string_view word(Reason reason) noexcept {
    return at(
        std::array<std::string_view, 17>{
            "given", "cap_clipped", "cap_rejected", "outbid", "below_floor", "owed", "reverses",
            "target_reversed", "several_rules", "stage_rejected", "objection_upheld", "no_rulebook",
            "no_rule", "condition_failed", "evidence_missing", "witnesses_missing", "cooling_down"},
        reason);
}
std::string_view word(Kind kind) noexcept {
    return at(std::array<std::string_view, 8>{"opening", "award", "deduction", "returned_deduction",
                                              "redemption", "returned_exchange", "expiry", "forfeit"},
              kind);
}
std::string_view word(ExchangeStatus status) noexcept {
    return at(std::array<std::string_view, 3>{"accepted", "refused", "pending"}, status);
}
std::string_view word(Refusal refusal) noexcept {
    return at(std::array<std::string_view, 7>{"", "unknown_good", "not_in_force", "frozen",
                                              "out_of_stock", "insufficient_balance", "not_accepted"},
              refusal);
}

}  // namespace gridgov::points
