// Findings: what is wrong, or worth knowing, about data or about a result. A finding is data (a
// numbered code and fields); text in English or Chinese is rendered from it last.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gridgov {

/// How grave a finding is. `error`: a rule is broken or a record cannot be used.
enum class Severity : std::uint8_t { note, warning, error };

/// The language in which messages are rendered.
enum class Language : std::uint8_t { en, zh };

/// The table that a finding's record stands in; with `row` it lets a reader name file and line.
enum class Table : std::uint8_t {
    none,
    households,
    links,
    way_nodes,
    ways,
    barriers,
    assignment,
};

/// Every code that gridgov can report. Numbers are for ever: new codes are appended, old ones never
/// reused. The thousands tell the layer: 1 model, 2 neighbours, 3 partition, 4 verification,
/// 5 calls (a caller's mistake), 6 simulation.
enum class Code : std::uint16_t {
    // 1: the model
    no_households = 1001,
    column_length = 1002,
    duplicate_id = 1003,
    empty_id = 1004,
    coordinate_not_finite = 1005,
    coordinate_out_of_range = 1006,
    lonlat_out_of_range = 1007,
    lonlat_perhaps_swapped = 1008,
    weight_not_positive = 1009,
    weight_too_large = 1010,
    empty_village = 1011,
    pin_across_villages = 1012,
    link_unknown_household = 1013,
    link_to_itself = 1014,
    link_duplicate = 1015,
    link_length_invalid = 1016,
    way_node_duplicate_id = 1017,
    way_unknown_node = 1018,
    way_length_invalid = 1019,
    barrier_too_short = 1020,
    layers_do_not_overlap = 1021,
    household_unlocated = 1022,
    unlocated_without_group = 1023,
    text_not_utf8 = 1024,
    link_across_villages = 1025,
    too_many_households = 1026,
    town_weight_too_large = 1027,
    barrier_offsets_invalid = 1028,

    // 2: the neighbour graph
    ways_in_pieces = 2001,
    household_far_from_ways = 2002,
    duplicate_positions = 2003,
    barriers_separate = 2004,
    households_without_neighbour = 2005,

    // 3: the partition. The first ones are also the `reason` of a courtyard that is not `within`.
    village_too_small = 3001,
    component_too_small = 3002,
    component_unsplittable = 3003,
    pin_too_heavy = 3004,
    pin_disconnected = 3005,
    household_too_heavy = 3006,
    shape_infeasible = 3007,
    search_failed = 3008,
    no_head_allowed = 3009,
    courtyards_out_of_reach = 3010,
    grids_out_of_reach = 3011,
    grid_without_neighbour = 3012,
    cancelled = 3013,
    courtyards_differ = 3014,
    locked_courtyard_broken = 3040,
    wish_across_villages = 3041,
    wish_not_linked = 3042,
    wish_oversize = 3043,
    wish_undersize = 3044,
    wish_splits = 3045,
    wish_not_beside = 3046,
    wish_pinned = 3047,
    wish_no_courtyard_holds = 3048,
    wish_impossible = 3049,
    wish_not_found = 3050,

    // 4: verification of an assignment
    assignment_unknown_household = 4001,
    assignment_missing_household = 4002,
    assignment_duplicate_household = 4003,
    assignment_empty_courtyard = 4004,
    courtyard_crosses_villages = 4005,
    courtyard_disconnected = 4006,
    courtyard_oversize = 4007,
    courtyard_undersize = 4008,
    pin_split = 4009,
    head_not_allowed = 4010,
    head_not_medoid = 4011,
    head_not_member = 4012,
    distance_wrong = 4013,
    courtyard_without_head = 4014,
    courtyard_heads_differ = 4015,
    certificate_rules_differ = 4020,
    certificate_unknown_household = 4021,
    certificate_missing_household = 4022,
    certificate_component_missing = 4023,
    certificate_component_unknown = 4024,
    certificate_component_repeated = 4025,
    certificate_number_wrong = 4026,
    certificate_sizes_wrong = 4027,
    certificate_bound_too_high = 4028,
    certificate_multiplier_out_of_range = 4029,

    // 5: a caller's mistake
    bounds_invalid = 5001,
    target_outside_bounds = 5002,
    option_not_finite = 5003,
    option_negative = 5004,
    grids_options_conflict = 5005,
    unknown_algorithm = 5006,
    graph_size_mismatch = 5007,
    labels_size_mismatch = 5008,
    label_out_of_range = 5009,
    length_out_of_range = 5010,
    edge_out_of_range = 5011,
    meridian_out_of_range = 5012,
    medians_out_of_range = 5030,
    distances_conflict = 5031,
    column_size_mismatch = 5032,
    value_invalid = 5033,
    unknown_locked_courtyard = 5040,
    unknown_household = 5041,
    unknown_courtyard = 5042,

    // 6: the simulated township
    simulate_counts_invalid = 6001,
};

/// A code and what fills the blanks of its message. Fields are named; values are already text
/// (ids as given, numbers in the C locale).
struct Finding {
    Code code{};
    Severity severity = Severity::error;
    std::vector<std::string> records;  ///< ids of the records concerned, most telling first
    std::vector<std::pair<std::string, std::string>> fields;  ///< name → value, for the message
    Table table = Table::none;         ///< where the first record stands, if in a table
    std::int64_t row = -1;             ///< its row from 0, or −1

    friend bool operator==(const Finding&, const Finding&) = default;
};

/// The stable name of a code ("duplicate_id"), as findings.json and Python show it.
std::string_view code_name(Code code) noexcept;

/// Every code in numeric order, for catalogues and for tests of completeness.
std::vector<Code> all_codes();

/// The name of a severity: "note", "warning", "error".
std::string_view severity_name(Severity severity) noexcept;

/// The message of a finding in a language, built from its fields. Never empty.
std::string message(const Finding& finding, Language language);

/// The template behind `message`, with {field} blanks; of [this|that] the first part whose blanks
/// can all be filled is shown, or none. Empty if the code has no template in that language (a test
/// holds that this never happens).
std::string_view message_template(Code code, Language language) noexcept;

}  // namespace gridgov
