// Findings: what is wrong, or worth knowing, about data or about a result. A finding is data (a
// numbered code and fields); text in English or Chinese is rendered from it last.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gridgov/export.hpp"

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
    holidays,
    evidence,
    cases,
    needs,
    resources,
    projects,
    persons,
    deeds,  ///< the register of points
    exchanges,
    goods,
};

/// Every code that gridgov can report. Numbers are for ever: new codes are appended, old ones never
/// reused. The thousands tell the layer: 1 model, 2 neighbours, 3 partition, 4 verification,
/// 5 calls (a caller's mistake), 6 simulation, 8 documents and conditions, 9 points.
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
    // 8: rule documents and conditions
    document_syntax = 8001,
    document_too_large = 8002,
    document_too_deep = 8003,
    document_not_utf8 = 8004,
    document_duplicate_key = 8005,
    document_wrong_kind = 8006,
    document_missing_key = 8007,
    document_unknown_key = 8008,
    document_out_of_range = 8009,
    document_unknown_word = 8010,
    document_not_a_date = 8011,
    document_empty_text = 8012,
    condition_syntax = 8021,
    condition_unsupported = 8022,
    condition_mixed_types = 8023,
    condition_order_undefined = 8024,
    condition_number_invalid = 8025,
    condition_date_invalid = 8026,
    condition_too_long = 8027,
    condition_not_utf8 = 8028,
    condition_type_clash = 8029,
    condition_unknown_column = 8030,
    condition_unreadable_cell = 8031,
    condition_incomplete = 8032,
    // 9: points: rulebooks (9001), tables (9030), states (9060), ledgers (9065), calls (9070)
    rulebook_id_invalid = 9001,
    rulebook_id_repeated = 9002,
    rulebook_unknown_group = 9003,
    rulebook_cap_without_group = 9004,
    rulebook_overlap = 9005,
    rulebook_dates_reversed = 9006,
    rulebook_villages_invalid = 9007,
    rulebook_number_out_of_range = 9008,
    rulebook_value_missing = 9009,
    rulebook_unit_scale_invalid = 9010,
    rulebook_freeze_invalid = 9011,
    rulebook_types_differ = 9012,
    points_unknown_household = 9030,
    points_unknown_person = 9031,
    points_row_repeated = 9032,
    points_value_missing = 9033,
    points_date_invalid = 9034,
    points_number_invalid = 9035,
    points_stage_unknown = 9036,
    reversal_of_nothing = 9037,
    reversal_of_itself = 9038,
    reversal_of_reversal = 9039,
    reversed_twice = 9040,
    reversal_of_other_household = 9041,
    person_cap_without_person = 9042,
    points_overflow = 9043,
    person_rows_overlap = 9044,
    person_dates_reversed = 9045,
    return_of_nothing = 9046,
    return_of_itself = 9047,
    return_of_return = 9048,
    returned_twice = 9049,
    return_of_other_household = 9050,
    good_price_repeated = 9051,
    points_posts_in_the_past = 9052,
    points_row_changed = 9053,
    points_household_gone = 9054,
    points_state_invalid = 9060,
    points_state_version = 9061,
    ledger_number_wrong = 9065,
    ledger_hash_wrong = 9066,
    ledger_value_invalid = 9067,
    points_as_of_invalid = 9070,
    as_of_differs = 9071,
    settlements_wrong_number = 9072,
    points_household_out_of_range = 9073,
    lint_rule_never_fires = 9101,
    lint_rule_gives_nothing = 9102,
    lint_rule_shadowed = 9103,
    lint_unique_overlap = 9104,
    lint_cap_below_award = 9105,
    lint_cap_rejects_units = 9106,
    lint_cap_idle = 9107,
    lint_deduction_without_evidence = 9108,
    lint_deduction_expires = 9109,
    lint_nearest_of_idle = 9110,
    lint_group_empty = 9111,
    lint_black_board_everyone = 9112,
    lint_black_board_nobody = 9113,
    lint_gap = 9114,
    lint_good_out_of_reach = 9115,
    lint_liability_beyond_budget = 9116,
    lint_earning_unbounded = 9117,
    lint_incomplete = 9118,
    // 10: lists: catalogues and requests (100xx), audit (101xx)
    catalogue_empty = 10001,
    catalogue_too_large = 10002,
    catalogue_id_invalid = 10003,
    catalogue_id_repeated = 10004,
    catalogue_matter_invalid = 10005,
    catalogue_unknown_actor = 10006,
    catalogue_unknown_village = 10007,
    catalogue_unknown_level = 10008,
    catalogue_unknown_procedure = 10009,
    catalogue_unknown_item = 10010,
    catalogue_post_invalid = 10011,
    catalogue_parent_circle = 10012,
    catalogue_parent_below = 10013,
    catalogue_dates_reversed = 10014,
    catalogue_number_invalid = 10015,
    catalogue_unknown_step = 10016,
    catalogue_step_repeated = 10017,
    catalogue_procedure_empty = 10018,
    catalogue_too_many_names = 10019,
    catalogue_value_missing = 10020,
    catalogue_condition_repeated = 10021,
    catalogue_text_not_utf8 = 10022,
    request_unknown_actor = 10090,
    request_unknown_village = 10091,
    request_matter_invalid = 10092,
    request_date_missing = 10093,
    item_conflict = 10100,
    item_exception = 10101,
    item_duplicate = 10102,
    item_shadowed = 10103,
    item_empty = 10104,
    item_without_actor = 10105,
    item_without_lead = 10106,
    item_many_leads = 10107,
    item_leads_differ = 10108,
    lead_also_assists = 10109,
    power_missing = 10110,
    delegation_without_power = 10111,
    basis_missing = 10112,
    basis_expired = 10113,
    referral_circle = 10114,
    referral_chain_long = 10115,
    covert_rebound = 10116,
    covert_rebound_title = 10117,
    recurrence_never = 10118,
    item_not_disclosed = 10119,
    sanction_withholds_due = 10120,
    except_pointless = 10121,

    // 10: lists, from 10200 on: recurrences, duties, workload, procedures, cases, match
    recurrence_too_long = 10200,
    recurrence_without_frequency = 10201,
    recurrence_too_frequent = 10202,
    recurrence_part_unknown = 10203,
    recurrence_part_repeated = 10204,
    recurrence_value_invalid = 10205,
    recurrence_parts_conflict = 10206,
    holiday_date_invalid = 10210,
    holiday_kind_unknown = 10211,
    holiday_contradicted = 10212,
    evidence_date_invalid = 10220,
    evidence_in_future = 10221,
    evidence_unknown_item = 10222,
    evidence_unknown_actor = 10223,
    duty_without_start = 10224,
    duty_windows_too_many = 10225,
    as_of_invalid = 10226,
    metric_unknown_item = 10227,
    metric_unknown_actor = 10228,
    metric_counts_nothing = 10229,
    workload_infeasible = 10230,
    duty_without_person = 10231,
    workload_months_invalid = 10232,
    workload_value_invalid = 10233,
    workload_without_start = 10234,
    procedure_too_large = 10241,
    procedure_step_unreachable = 10245,
    procedure_without_end = 10246,
    procedure_way_back_unbounded = 10247,
    procedure_stuck = 10248,
    procedure_step_after_end = 10249,
    procedure_step_overlaps = 10250,
    procedure_undecided = 10251,
    procedure_over_limit = 10252,
    procedure_level_falls = 10253,
    procedure_loop_max_unused = 10254,
    procedure_loop_max_too_large = 10255,
    procedure_join_alone = 10256,
    procedure_circle_entered_twice = 10257,
    case_date_invalid = 10260,
    case_in_future = 10261,
    case_event_unknown = 10262,
    case_actor_empty = 10263,
    case_not_opened = 10264,
    case_after_close = 10265,
    case_circle = 10266,
    case_level_unknown = 10267,
    match_amount_invalid = 10280,
    match_dates_reversed = 10281,
    match_kind_empty = 10282,
    match_too_large = 10284,
    none_of_the_kind = 10290,
    out_of_place = 10291,
    out_of_time = 10292,
    too_little = 10293,
    taken_by_higher_priority = 10294,
};

/// A code and what fills the blanks of its message. Fields are named; values are already text
/// (ids as given, numbers in the C locale).
struct GRIDGOV_EXPORT Finding {
    Code code{};
    Severity severity = Severity::error;
    std::vector<std::string> records;  ///< ids of the records concerned, most telling first
    std::vector<std::pair<std::string, std::string>> fields;  ///< name → value, for the message
    Table table = Table::none;         ///< where the first record stands, if in a table
    std::int64_t row = -1;             ///< its row from 0, or −1

    friend bool operator==(const Finding&, const Finding&) = default;
};

/// The stable name of a code ("duplicate_id"), as findings.json and Python show it.
GRIDGOV_EXPORT std::string_view code_name(Code code) noexcept;

/// Every code in numeric order, for catalogues and for tests of completeness.
GRIDGOV_EXPORT std::vector<Code> all_codes();

/// The name of a severity: "note", "warning", "error".
GRIDGOV_EXPORT std::string_view severity_name(Severity severity) noexcept;

/// The message of a finding in a language, built from its fields. Never empty.
GRIDGOV_EXPORT std::string message(const Finding& finding, Language language);

/// The template behind `message`, with {field} blanks; of [this|that] the first part whose blanks
/// can all be filled is shown, or none. Empty if the code has no template in that language (a test
/// holds that this never happens).
GRIDGOV_EXPORT std::string_view message_template(Code code, Language language) noexcept;

}  // namespace gridgov
