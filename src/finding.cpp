// The catalogue of findings: every code's name and its message in English and Chinese.
//
// What a producer fills, code by code. `records` are ids as given, the most telling first; every
// other name is a field. Numbers become text by number_text() (src/number_text.hpp).
// {table}, {kind} and {row} need no field: they come from Finding::table and Finding::row (a field
// of the same name wins). `{count:row/rows}` is a number with its noun. Row numbers in messages count from 1, the header not counted; so does a
// `first_row` field. Of [this|that] the first part whose blanks can all be filled is shown, or none.
//
//   no_households                   —
//   column_length                   column, length, expected                  (set table)
//   duplicate_id                    records id; first_row                     (set table, row)
//   empty_id                        (table, row)
//   coordinate_not_finite           records id, if any; axis, value [vertex]  (table, row)
//   coordinate_out_of_range         records id, if any; axis, value, limit [vertex]  (table, row)
//   lonlat_out_of_range             records id, if any; lon, lat              (table, row)
//   lonlat_perhaps_swapped          records id, if any; lon, lat              (table, row)
//   weight_not_positive             records id; weight
//   weight_too_large                records id; weight, limit
//   empty_village                   records id
//   pin_across_villages             records one id a village; pin, villages ("A, B")
//   link_unknown_household          records the unknown id; u, v              (table, row)
//   link_to_itself                  records id
//   link_duplicate                  records u, v; first_row
//   link_length_invalid             records u, v; length_m
//   way_node_duplicate_id           records id; first_row
//   way_unknown_node                records the unknown id; u, v
//   way_length_invalid              records u, v; length_m
//   barrier_too_short               vertices                                  (table, row)
//   layers_do_not_overlap           households_box, layer_box                 (table: ways or barriers)
//   household_unlocated             records id
//   unlocated_without_group         records id [group]
//   text_not_utf8                   records id, if any; column                (table, row)
//   link_across_villages            count (links left out; by neighbours::from_links)
//   too_many_households             count, limit                              (table)
//   town_weight_too_large           weight, limit
//   barrier_offsets_invalid         vertices
//
//   ways_in_pieces                  pieces [households_outside_largest]
//   household_far_from_ways         records id; distance_m [count]
//   duplicate_positions             households, places
//   barriers_separate               village, links (cut), pieces (components that it now has)
//   households_without_neighbour    records ids; count
//
//   For the reasons below: `weight` and `weight_min`/`weight_max` are told where they are given, so
//   only where not every household weighs 1; else `min`/`max`: "7 households, fewer than 10".
//   village_too_small               village, households, and min | weight, weight_min
//   component_too_small             records members; village, households, and min | weight, weight_min
//   component_unsplittable          village, households, min, max [weight]
//   pin_too_heavy                   records members; pin, households, and max | weight, weight_max
//   pin_disconnected                records members; pin, village
//   household_too_heavy             records id; weight, weight_max
//   shape_infeasible                village, households, min, max
//   search_failed                   village, households, min, max
//   no_head_allowed                 courtyard, households
//   courtyards_out_of_reach         wanted, least, most, given
//   grids_out_of_reach              wanted, given [village]
//   grid_without_neighbour          grid, village, courtyards, min, max
//   cancelled                       —
//   courtyards_differ               village, wanted (by the rule), given
//   locked_courtyard_broken         locked, held, min, max
//   wish_across_villages            records id; village, courtyard, other
//   wish_not_linked, wish_not_beside, wish_splits, wish_impossible, wish_not_found
//                                   records id; courtyard
//   wish_oversize                   courtyard, weight, max
//   wish_undersize                  courtyard, weight, min
//   wish_pinned                     records id, then those bound to it; pin
//   wish_no_courtyard_holds         records id; why (the cause's name)
//
//   assignment_unknown_household    records id [courtyard]                    (table, row)
//   assignment_missing_household    records id
//   assignment_duplicate_household  records id; first_row                     (table, row)
//   assignment_empty_courtyard      records id                                (table, row)
//   courtyard_crosses_villages      records one id a village; courtyard, villages ("A, B")
//   courtyard_disconnected          records one id a piece; courtyard, pieces
//   courtyard_oversize              courtyard, weight, max
//   courtyard_undersize             courtyard, weight, min
//   pin_split                       records one id a courtyard; pin, courtyards ("A, B")
//   head_not_allowed                records head; courtyard
//   head_not_medoid                 records head, medoid; courtyard, total_m, least_m
//   head_not_member                 records head; courtyard
//   distance_wrong                  records household; claimed_m, distance_m
//   courtyard_without_head          courtyard
//   courtyard_heads_differ          records two members; courtyard
//   certificate_rules_differ        rule, claimed, given
//   certificate_unknown_household   records the id
//   certificate_missing_household   records the id
//   certificate_component_missing   records the smallest id of the component
//   certificate_component_unknown   records the id that names it
//   certificate_component_repeated  records the id that names it
//   certificate_number_wrong        records the id that names the component; least, most, number
//   certificate_sizes_wrong         records the id that names the component; least, most
//   certificate_bound_too_high      records the smallest id of the component, or none: the total; claimed_m, confirmed_m
//   certificate_multiplier_out_of_range records the id; multiplier_um
//
//   bounds_invalid                  min, max
//   target_outside_bounds           target, min, max
//   option_not_finite               option, value
//   option_negative                 option, value
//   grids_options_conflict          [grids] [min] [max]
//   unknown_algorithm               name, known ("a, b")
//   graph_size_mismatch             nodes, households
//   labels_size_mismatch            column, length, expected
//   label_out_of_range              label                                     (row: the household's)
//   length_out_of_range             option (or "length_m"), value
//   edge_out_of_range               u, v, nodes
//   meridian_out_of_range           value
//   medians_out_of_range            medians, nodes
//   distances_conflict              —
//   column_size_mismatch            column, length, expected
//   value_invalid                   column, index, value, min, max
//   unknown_locked_courtyard        courtyard
//   unknown_household               household
//   unknown_courtyard               courtyard
//
//   simulate_counts_invalid         households, villages
//
//   document_syntax                 file, line, column, format, reason (the parser's words)
//   document_too_large              file, bytes, most
//   document_too_deep               file, line, most
//   document_not_utf8               file, line, byte
//   document_duplicate_key          file, line, key [first_line]
//   document_wrong_kind             file, line [records id], key, expected_kind, found_kind
//   document_missing_key            file, line [records id], key
//   document_unknown_key            file, line [records id], key, known ("a, b") [near]
//   document_out_of_range           file, line [records id], key, value, least, most
//   document_unknown_word           file, line [records id], key, value, known ("a, b") [near]
//   document_not_a_date             file, line [records id], key, value
//   document_empty_text             file, line [records id], key
//   condition_syntax                text, position (bytes), character, found, expected (FEEL's own words) [file, line, records id, key]
//   condition_unsupported           text, position (bytes), character, found [file, line, records id, key]
//   condition_mixed_types           text, position (bytes), character, type, other_type [file, line, records id, key]
//   condition_order_undefined       text, position (bytes), character, found [file, line, records id, key]
//   condition_number_invalid        text, position (bytes), character, found [file, line, records id, key]
//   condition_date_invalid          text, position (bytes), character, found [file, line, records id, key]
//   condition_too_long              bytes, most [file, line, records id, key]
//   condition_not_utf8              text, position (bytes) [file, line, records id, key]
//   condition_type_clash            type, column_type [column, text, file, line, records id, key]
//   condition_unknown_column        column, known ("a, b") [near, text, file, line, records id, key]
//   condition_unreadable_cell       column, value, type [rule, rule_file, rule_line, count, file, line, records id]
//   condition_incomplete            text, position (bytes), character, expected [file, line, records id, key]
//   rulebook_id_invalid             what_kind, id [file, line]
//   rulebook_id_repeated            what_kind, id [first_line, file, line]
//   rulebook_unknown_group          records rule; group [file, line]
//   rulebook_cap_without_group      records rule [file, line]
//   rulebook_overlap                records both ids; date [village (none: all that no other names), file, line]
//   rulebook_dates_reversed         records id; from, to [file, line]
//   rulebook_villages_invalid       records id [file, line]
//   rulebook_number_out_of_range    records rule or rulebook; key, value, least, most [file, line]
//   rulebook_value_missing          records rule or rulebook; key [file, line]
//   rulebook_unit_scale_invalid     records rulebook; value [file, line]
//   rulebook_freeze_invalid         records rule; value [file, line]
//   rulebook_types_differ           records both rules; column, type, other_type [file, line]
//   points_unknown_household        records the row's id; household (table, row)
//   points_unknown_person           records register_no; person (row)
//   points_row_repeated             records id; first_row (table, row)
//   points_value_missing            records id, if any; column (table, row)
//   points_date_invalid             records id; column, value (table, row)
//   points_number_invalid           records id; column, value, least, most (table, row)
//   points_stage_unknown            records register_no; value (row)
//   reversal_of_nothing             records register_no; target (row)
//   reversal_of_itself              records register_no (row)
//   reversal_of_reversal            records register_no; target (row)
//   reversed_twice                  records register_no; target, other (row)
//   reversal_of_other_household     records register_no; target (row)
//   person_cap_without_person       records register_no; rule (row)
//   points_overflow                 records register_no or household (table, row)
//   person_rows_overlap             records person; first_row (table, row)
//   person_dates_reversed           records person; from, to (table, row)
//   return_of_nothing               records exchange_no; target (row)
//   return_of_itself                records exchange_no; target (row)
//   return_of_return                records exchange_no; target (row)
//   returned_twice                  records exchange_no; target (row)
//   return_of_other_household       records exchange_no; target (row)
//   good_price_repeated             records good; shop, date (table, row)
//   points_posts_in_the_past        records id; date, as_of (table, row)
//   points_row_changed              records id (table, row)
//   points_household_gone           records household; village
//   points_state_invalid            reason_kind
//   points_state_version            version, known
//   ledger_number_wrong             number, expected (table, row)
//   ledger_hash_wrong               number (row)
//   ledger_value_invalid            column, value (row)
//   points_as_of_invalid            value [state]
//   as_of_differs                   before, after
//   settlements_wrong_number        number, expected
//   points_household_out_of_range   number, households
//   lint_rule_never_fires           file, line, rulebook, records rule, witness, column
//   lint_rule_gives_nothing         file, line, rulebook, records rule, witness
//   lint_rule_shadowed              file, line, rulebook, records rule and the one that wins, witness, group, policy_kind
//   lint_unique_overlap             file, line, rulebook, records both rules, witness, group
//   lint_cap_below_award            file, line, rulebook, records rule, witness, limit, period_kind, scope_kind, points
//   lint_cap_rejects_units          file, line, rulebook, records rule, witness, limit, period_kind, scope_kind, points
//   lint_cap_idle                   file, line, rulebook, records rule, witness, limit, period_kind, other_limit, other_period_kind
//   lint_deduction_without_evidence file, line, rulebook, records rule, witness
//   lint_deduction_expires          file, line, rulebook, records rule, witness
//   lint_nearest_of_idle            file, line, rulebook, records rule, witness, deed
//   lint_group_empty                file, line, rulebook, witness, group
//   lint_black_board_everyone       file, line, rulebook, witness, at_most
//   lint_black_board_nobody         file, line, rulebook, witness, at_most
//   lint_gap                        file, line, rulebook, witness, from, to [village (none: all that no other names)]
//   lint_good_out_of_reach          records good; file, line, rulebook, witness, good, points, most
//   lint_liability_beyond_budget    file, line, rulebook, witness, village, households, points, yuan, budget_yuan
//   lint_earning_unbounded          file, line, rulebook, records rule, witness, budget_yuan
//   lint_incomplete                 file, line, rulebook, witness, group, pairs
//   catalogue_empty                 —
//   catalogue_too_large             count, most, what_kind [file]
//   catalogue_id_invalid            records id, if any; what_kind, reason_kind, most, file, line
//   catalogue_id_repeated           records id; what_kind, first_line, file, line
//   catalogue_matter_invalid        records id; key, value, reason_kind, file, line
//   catalogue_unknown_actor         records id, if any; key, value [near], file, line
//   catalogue_unknown_village       records id; value [near], file, line
//   catalogue_unknown_level         records id; key, value, file, line
//   catalogue_unknown_procedure     records id; value [near], file, line
//   catalogue_unknown_item          records id [near], file, line
//   catalogue_post_invalid          records id; value, file, line
//   catalogue_parent_circle         records the actors of the circle, file, line
//   catalogue_parent_below          records actor, parent; level_kind, parent_level_kind, file, line
//   catalogue_dates_reversed        records id, if any; what_kind, from, to, file, line
//   catalogue_number_invalid        records id; key, value, most, file, line
//   catalogue_unknown_step          records procedure; step, value, file, line
//   catalogue_step_repeated         records procedure; step, first_line, file, line
//   catalogue_procedure_empty       records procedure, file, line
//   catalogue_too_many_names        records id; key, count, most, file, line
//   catalogue_value_missing         records id, if any; what_kind, key, file, line
//   catalogue_condition_repeated    records id; key, file, line
//   catalogue_text_not_utf8         records id, if any (readable); what_kind, key, file, line
//   request_unknown_actor           value [near]
//   request_unknown_village         value [near]
//   request_matter_invalid          value, reason_kind
//   request_date_missing            —
//   item_conflict                   records the negative or reclaimed item, the other; actor, matter, date [village] [attributes], layer files
//   item_exception                  as item_conflict
//   item_duplicate                  records the item that decides, the other; date
//   item_shadowed                   records the item that never decides, the one that always comes before it
//   item_empty                      records item; reason_kind [from, to, attribute]
//   item_without_actor              records item; actor
//   item_without_lead               records item; post, actor, date [count]
//   item_many_leads                 records item, then the persons; post, actor, date
//   item_leads_differ               records the item that decides, the other; lead, other_lead, actor, matter, date [village] [attributes]
//   lead_also_assists               records item [person]; lead, actor
//   power_missing                   records item; actor, powers ("a, b"), date [count]
//   delegation_without_power        records from, to; power, date, file, line
//   basis_missing                   records item
//   basis_expired                   records item, law; date, title
//   referral_circle                 records the actors of the circle; matter
//   referral_chain_long             records the actors of the chain; matter, hops, most
//   covert_rebound                  records the new item, the negative or reclaimed one; matter [actor]
//   covert_rebound_title            records the new item, the negative or reclaimed one; title, other_title, percent
//   recurrence_never                records item; recurrence, from
//   item_not_disclosed              records item; actor, date [count]
//   sanction_withholds_due          records item, sanction; matter
//   except_pointless                records item; matter
//
//
//   recurrence_too_long             bytes, most [records id]
//   recurrence_without_frequency    [records id]
//   recurrence_too_frequent         value [records id]
//   recurrence_part_unknown         part [records id]
//   recurrence_part_repeated        part [records id]
//   recurrence_value_invalid        part, value [records id]
//   recurrence_parts_conflict       part [other] [records id]
//   holiday_date_invalid            (table, row)
//   holiday_kind_unknown            value (table, row)
//   holiday_contradicted            date, first_row (table, row)
//   evidence_date_invalid           (table, row)
//   evidence_in_future              date, as_of (table, row)
//   evidence_unknown_item           records id (table, row)
//   evidence_unknown_actor          records id; count (table, row: the first)
//   duty_without_start              records id
//   duty_windows_too_many           count, most
//   as_of_invalid                   —
//   metric_unknown_item             records metric, item
//   metric_unknown_actor            records metric, actor
//   metric_counts_nothing           records metric
//   workload_infeasible             records items, then persons; month, hours, capacity_hours
//   duty_without_person             records item, actor [post]
//   workload_months_invalid         months, most
//   workload_value_invalid          option, value
//   workload_without_start          —
//   procedure_too_large             records procedure; count, most
//   procedure_step_unreachable      records procedure, step
//   procedure_without_end           records procedure, step
//   procedure_way_back_unbounded    records procedure, step, next
//   procedure_stuck                 records procedure, join, then the steps done; missing
//   procedure_step_after_end        records procedure, end, then the steps done
//   procedure_step_overlaps         records procedure, step, then the steps done
//   procedure_undecided             records procedure; states
//   procedure_over_limit            records procedure, the steps of the longest course; workdays, limit
//   procedure_level_falls           records procedure, high step, low step, high step
//   procedure_loop_max_unused       records procedure, step
//   procedure_loop_max_too_large    records procedure, step; value, most
//   procedure_join_alone            records procedure, step
//   procedure_circle_entered_twice  records procedure, step, next
//   case_date_invalid               records case (table, row)
//   case_in_future                  records case; date, as_of (table, row)
//   case_event_unknown              records case; value (table, row)
//   case_actor_empty                records case (table, row)
//   case_not_opened                 records case (table, row)
//   case_after_close                records case (table, row)
//   case_circle                     records case, then those who had it; hops
//   case_level_unknown              records actor
//   match_amount_invalid            records id; value (table, row)
//   match_dates_reversed            records id; from, to (table, row)
//   match_kind_empty                records id (table, row)
//   match_too_large                 pairs, most
//   none_of_the_kind                records need; amount, kind_of_need
//   out_of_place                    records need; amount, kind_of_need, village
//   out_of_time                     records need; amount, kind_of_need, village
//   too_little                      records need; amount, kind_of_need, village
//   taken_by_higher_priority        records need; amount, kind_of_need, village
#include "gridgov/finding.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>

namespace gridgov {
namespace {

struct Entry {
    Code code;
    std::string_view name;
    std::string_view en;
    std::string_view zh;
};

#define ENTRY(name) Code::name, #name
constexpr Entry entries[] = {  // no std::array: Clang 14 deduces no more than 256 elements
    // 1: the model
    Entry{ENTRY(no_households),
          "the table has no households; give at least one row",
          "户表里一户也没有；请至少填一户"},
    Entry{ENTRY(column_length),
          "{table}: column {column} has {length:entry/entries} where {expected} are needed; give every "
          "column of a table the same number of entries",
          "{table}：“{column}”一列有{length}项，应有{expected}项；同一张表各列的项数要一致"},
    Entry{ENTRY(duplicate_id),
          "{kind} {id}: rows {first_row} and {row} have the same id; give every row an id of its own",
          "{kind}{id}：第{first_row}行与第{row}行编号相同；每一行的编号都要不同"},
    Entry{ENTRY(empty_id),
          "{kind} (row {row}): the id is empty; give every row an id",
          "{kind}（第{row}行）：编号为空；请补上编号"},
    Entry{ENTRY(coordinate_not_finite),
          "{kind} {id}:[ vertex {vertex}:] {axis} is {value}; give a finite number of metres",
          "{kind}{id}：[第{vertex}个点的]{axis}是{value}；应为以米计的有限数"},
    Entry{ENTRY(coordinate_out_of_range),
          "{kind} {id}:[ vertex {vertex}:] {axis} {value} is too far out; give metres between "
          "-{limit} and {limit}",
          "{kind}{id}：[第{vertex}个点的]{axis}为{value}，超出范围；应在-{limit}米到{limit}米之间"},
    Entry{ENTRY(lonlat_out_of_range),
          "{kind} {id}: longitude {lon}, latitude {lat} is no place on Earth; give a longitude from "
          "-180 to 180 and a latitude from -90 to 90, in degrees",
          "{kind}{id}：经度{lon}、纬度{lat}超出范围；经度应在-180到180度之间，纬度应在-90到90度之间"},
    Entry{ENTRY(lonlat_perhaps_swapped),
          "{kind} {id}: longitude {lon} and latitude {lat} look swapped; give the longitude in lon "
          "and the latitude in lat",
          "{kind}{id}：经度{lon}、纬度{lat}像是填反了；lon 填经度，lat 填纬度"},
    Entry{ENTRY(weight_not_positive),
          "household {id}: weight {weight} is not above 0; give a finite number above 0",
          "户{id}：权重{weight}不大于0；应为大于0的有限数"},
    Entry{ENTRY(weight_too_large),
          "household {id}: weight {weight} is more than {limit}; give a number above 0 and at most "
          "{limit}",
          "户{id}：权重{weight}超过{limit}；应大于0且不超过{limit}"},
    Entry{ENTRY(empty_village),
          "household {id}: the village is empty; give the village's name in every row, or leave the "
          "column out",
          "户{id}：所属村为空；每一行都要填村名，或者不要这一列"},
    Entry{ENTRY(pin_across_villages),
          "pin {pin}: its households ({records}) lie in different villages ({villages}), but a "
          "courtyard never crosses a village; pin households of one village only",
          "同院标记“{pin}”：所标各户（{records}）分属不同的村（{villages}），而院落不得跨村；只能标记同一个村的户"},
    Entry{ENTRY(link_unknown_household),
          "link {u} to {v}: there is no household {id}; use ids of the table of households, or leave "
          "the link out",
          "邻里关系{u}—{v}：户表里没有编号为{id}的户；请用户表里的编号，或删去这一行"},
    Entry{ENTRY(link_to_itself),
          "link {id} to {id}: a household cannot be its own neighbour; leave the link out",
          "邻里关系{id}—{id}：一户不能与自己为邻；请删去这一行"},
    Entry{ENTRY(link_duplicate),
          "link {0} to {1}: rows {first_row} and {row} name the same two households; give every link "
          "once, in either direction",
          "邻里关系{0}—{1}：第{first_row}行与第{row}行是同样两户；每对邻居只填一次，不分先后"},
    Entry{ENTRY(link_length_invalid),
          "link {0} to {1}: length {length_m} is not a finite number of at least 0; give metres",
          "邻里关系{0}—{1}：长度{length_m}不是大于或等于0的有限数；请填米数"},
    Entry{ENTRY(way_node_duplicate_id),
          "way node {id}: rows {first_row} and {row} have the same id; give every node an id of its "
          "own",
          "道路节点{id}：第{first_row}行与第{row}行编号相同；每个节点的编号都要不同"},
    Entry{ENTRY(way_unknown_node),
          "way {u} to {v}: there is no way node {id}; use ids of the table of nodes, or leave the way "
          "out",
          "道路{u}—{v}：节点表里没有编号为{id}的节点；请用节点表里的编号，或删去这一行"},
    Entry{ENTRY(way_length_invalid),
          "way {0} to {1}: length {length_m} is not a finite number of at least 0; give metres",
          "道路{0}—{1}：长度{length_m}不是大于或等于0的有限数；请填米数"},
    Entry{ENTRY(barrier_too_short),
          "barrier (row {row}): a line of {vertices:vertex/vertices}; give at least 2",
          "阻隔线（第{row}行）：只有{vertices}个点；一条线至少要有2个点"},
    Entry{ENTRY(layers_do_not_overlap),
          "the {table} lie nowhere near the households ({table}: {layer_box}; households: "
          "{households_box}); give all layers in the same coordinate reference",
          "{table}与各户不在同一处（{table}：{layer_box}；各户：{households_box}）；各图层应使用同一坐标系"},
    Entry{ENTRY(household_unlocated),
          "household {id}: it has no coordinates; give them, or allow households without coordinates "
          "to be placed with their group",
          "户{id}：没有坐标；请补上坐标，或允许没有坐标的户随其所在组安排"},
    Entry{ENTRY(unlocated_without_group),
          "household {id}: it has no coordinates, and no household of its group[ {group}] has any; "
          "give coordinates, or a group with a household that has them",
          "户{id}：没有坐标，所在组[“{group}”]里也没有一户有坐标；请补上坐标，或填一个有坐标户的组"},
    Entry{ENTRY(text_not_utf8),
          "{kind} {id}: column {column} is not UTF-8; save the table as UTF-8 (or GB18030, where the "
          "reader is told so)",
          "{kind}{id}：“{column}”一列不是UTF-8文字；请把表另存为UTF-8（读取时注明的，也可用GB18030）"},
    Entry{ENTRY(link_across_villages),
          "{count:link between households of different villages is/links between households of "
          "different villages are} left out: a courtyard never crosses a village",
          "有{count}条邻里关系跨村，未采用：院落不得跨村"},
    Entry{ENTRY(too_many_households),
          "{table}: {count} rows are more than gridgov takes; give at most {limit}",
          "{table}：共{count}行，超过上限；最多{limit}行"},
    Entry{ENTRY(town_weight_too_large),
          "the households weigh {weight} in all, more than {limit}; give smaller weights",
          "各户权重合计{weight}，超过{limit}；请改用较小的权重"},
    Entry{ENTRY(barrier_offsets_invalid),
          "barriers: the offsets of lines must ascend from 0 or more to at most the {vertices} "
          "vertices that there are",
          "阻隔线：各线的起止位置应从0起依次递增，且不超过点的总数{vertices}"},

    // 2: the neighbour graph
    Entry{ENTRY(ways_in_pieces),
          "the ways lie in {pieces} pieces with no walk between them[, with "
          "{households_outside_largest:household/households} outside the largest]; households of different "
          "pieces are not neighbours: join the pieces where there is a way",
          "道路分成互不相通的{pieces}片[，有{households_outside_largest}户不在最大的一片]，不同片的户不算邻居；"
          "实际相通的，请把道路补上"},
    Entry{ENTRY(household_far_from_ways),
          "household {id}: the nearest way is {distance_m} m off[ (the farthest of {count} such "
          "households)]; check the coordinates, or add the way that leads there",
          "户{id}：离最近的道路有{distance_m}米[（离道路远的共{count}户，此户最远）]；请核对坐标，或补上通往那里的道路"},
    Entry{ENTRY(duplicate_positions),
          "{households} households stand at only {places} places; those at one place are neighbours "
          "of each other",
          "有{households}户的坐标只有{places}处；同一处的各户互为邻居"},
    Entry{ENTRY(barriers_separate),
          "village {village}: barriers cut {links:link/links} and leave {pieces} pieces that nothing "
          "joins; mark bridges and tunnels where people cross",
          "村“{village}”：阻隔线切断{links}条邻里关系，全村分成互不相连的{pieces}片；能通行处请标为桥梁或隧道"},
    Entry{ENTRY(households_without_neighbour),
          "{count:household has/households have} no neighbour: {records}; check the coordinates, the links and "
          "the longest link allowed",
          "有{count}户没有邻居：{records}；请核对坐标、邻里关系和最大连线长度"},

    // 3: the partition
    Entry{ENTRY(village_too_small),
          "village {village} has {households:household/households}[ weighing {weight}, less than "
          "{weight_min}|, fewer than {min}]",
          "村“{village}”有{households}户[，权重合计{weight}，不足{weight_min}|，少于{min}户]"},
    Entry{ENTRY(component_too_small),
          "village {village}: nothing links {households:household/households} to the others[, weighing "
          "{weight}, less than {weight_min}|, fewer than {min}][ ({records})]",
          "村“{village}”：有{households}户与其他户不相连[，权重合计{weight}，不足{weight_min}|，少于{min}户][（{records}）]"},
    Entry{ENTRY(component_unsplittable),
          "village {village}: {households:connected household/connected households}[ weighing {weight}] cannot be "
          "divided into courtyards of {min} to {max}: whatever their number, one is too small or too "
          "large",
          "村“{village}”：相连的{households}户[（权重合计{weight}）]无论分成几个院落，都不能使每个院落在{min}到{max}之间"},
    Entry{ENTRY(pin_too_heavy),
          "pin {pin}: its {households} households[ weigh {weight}, more than {weight_max}| are more "
          "than {max}], so they cannot share a courtyard",
          "同院标记“{pin}”：所标{households}户[，权重合计{weight}，超过{weight_max}|，多于{max}户]，不能同在一个院落"},
    Entry{ENTRY(pin_disconnected),
          "pin {pin}: nothing links all of its households ({records}), so no connected courtyard "
          "holds them",
          "同院标记“{pin}”：所标各户（{records}）互不相连，不能同在一个相连的院落"},
    Entry{ENTRY(household_too_heavy),
          "household {id} weighs {weight}, more than {weight_max} by itself",
          "户{id}一户的权重就有{weight}，超过{weight_max}"},
    Entry{ENTRY(shape_infeasible),
          "village {village}: {households} connected households have no division into connected "
          "courtyards of {min} to {max}; the way they are linked does not allow one",
          "村“{village}”：受相连方式所限，这{households}户不能划成每个{min}到{max}且内部相连的院落"},
    Entry{ENTRY(search_failed),
          "village {village}: no division of {households} connected households into courtyards of "
          "{min} to {max} was found; there may be one",
          "村“{village}”：没有找到把相连的{households}户划成每个{min}到{max}的院落的办法；不排除有这样的办法"},
    Entry{ENTRY(no_head_allowed),
          "courtyard {courtyard}: none of its {households:household/households} may be head; allow one at least",
          "院落{courtyard}：{households}户中没有一户可以当院长；请至少允许一户"},
    Entry{ENTRY(courtyards_out_of_reach),
          "{wanted:courtyard is/courtyards are} out of reach: the sizes allow {least} to {most}; {given} were made",
          "划不出{wanted}个院落：按户数上下限，只能划{least}到{most}个；实际划了{given}个"},
    Entry{ENTRY(grids_out_of_reach),
          "[village {village}: ]{wanted:grid is/grids are} out of reach: a grid is connected and never crosses "
          "a village; {given} were made",
          "[村“{village}”：]划不出{wanted}个网格：网格内部要相连，且不得跨村；实际划了{given}个"},
    Entry{ENTRY(grid_without_neighbour),
          "grid {grid} of village {village} has {courtyards:courtyard/courtyards}, not {min} to {max}: its "
          "neighbours allow no other division",
          "村“{village}”的网格{grid}有{courtyards}个院落，不在{min}到{max}个之间：受相邻关系所限"},
    Entry{ENTRY(cancelled),
          "stopped before the end: the courtyards are the best until then and may break rules",
          "中途停止：目前的院落是到停止时最好的结果，可能有不合标准的"},
    Entry{ENTRY(courtyards_differ),
          "village {village}: {given:courtyard was/courtyards were} made where the target size gives {wanted}",
          "村“{village}”：划了{given}个院落，按目标户数应为{wanted}个"},
    Entry{ENTRY(locked_courtyard_broken),
          "courtyard {locked} is locked and was left as it is, though it breaks a rule: weight {held}, "
          "connected and {min} to {max} wanted",
          "院落{locked}已锁定，未作调整，但不合标准：现为{held}，应内部相连且在{min}到{max}之间"},
    Entry{ENTRY(wish_across_villages),
          "household {id} lives in village {village} and courtyard {courtyard} in village {other}; a "
          "courtyard never crosses a village",
          "户{id}在村“{village}”，院落{courtyard}在村“{other}”；院落不得跨村"},
    Entry{ENTRY(wish_not_linked),
          "nothing links household {id} to courtyard {courtyard}, not even through others",
          "户{id}与院落{courtyard}不相连，隔着其他户也连不到"},
    Entry{ENTRY(wish_oversize),
          "courtyard {courtyard} would weigh {weight}; at most {max} are allowed",
          "院落{courtyard}将达到{weight}，上限为{max}"},
    Entry{ENTRY(wish_undersize),
          "courtyard {courtyard} would be left with {weight}; at least {min} are needed",
          "院落{courtyard}将只剩{weight}，下限为{min}"},
    Entry{ENTRY(wish_splits),
          "courtyard {courtyard} would fall apart: household {id} joins its pieces",
          "院落{courtyard}将断开：其内部靠户{id}相连"},
    Entry{ENTRY(wish_not_beside),
          "household {id} has no neighbour in courtyard {courtyard}: it would stand apart from it",
          "户{id}在院落{courtyard}里没有邻居，进去后不能相连"},
    Entry{ENTRY(wish_pinned),
          "household {id} stays with {records}: they are bound by the pin {pin} and move together",
          "户{id}须与{records}同院（同院标记“{pin}”），只能一起调整"},
    Entry{ENTRY(wish_no_courtyard_holds),
          "household {id} is in a courtyard of its own that no wish can change: {why}",
          "户{id}单独成院，无法调整：{why}"},
    Entry{ENTRY(wish_impossible),
          "no division that keeps the rules and the number of courtyards has household {id} in "
          "courtyard {courtyard}: all were tried",
          "户{id}无法编入院落{courtyard}：试遍所有划法，没有一种能合标准且院落个数不变"},
    Entry{ENTRY(wish_not_found),
          "no division was found that keeps the rules and has household {id} in courtyard {courtyard}; "
          "there may be one",
          "没有找到既合标准、又把户{id}编入院落{courtyard}的划法；不排除有这样的划法"},

    // 4: verification of an assignment
    Entry{ENTRY(assignment_unknown_household),
          "household {id}: it is assigned[ to courtyard {courtyard}] but is not in the table of "
          "households; use ids of that table",
          "户{id}：已分[到院落{courtyard}]，但户表里没有这一户；请用户表里的编号"},
    Entry{ENTRY(assignment_missing_household),
          "household {id}: it is in no courtyard; every household must be in exactly one",
          "户{id}：没有分到任何院落；每户必须分到且只分到一个院落"},
    Entry{ENTRY(assignment_duplicate_household),
          "household {id}: rows {first_row} and {row} both assign it; every household must be in "
          "exactly one courtyard",
          "户{id}：第{first_row}行与第{row}行重复分配；每户必须分到且只分到一个院落"},
    Entry{ENTRY(assignment_empty_courtyard),
          "household {id}: the courtyard is empty; name the courtyard that it is in",
          "户{id}：院落为空；请填所在院落"},
    Entry{ENTRY(courtyard_crosses_villages),
          "courtyard {courtyard}: it has households ({records}) of different villages ({villages}); a "
          "courtyard never crosses a village",
          "院落{courtyard}：各户（{records}）分属不同的村（{villages}）；院落不得跨村"},
    Entry{ENTRY(courtyard_disconnected),
          "courtyard {courtyard}: it lies in {pieces} pieces that nothing links ({records}); it must "
          "be one",
          "院落{courtyard}：分成互不相连的{pieces}片（{records}）；一个院落应连成一片"},
    Entry{ENTRY(courtyard_oversize),
          "courtyard {courtyard}: its size {weight} is above the maximum of {max}",
          "院落{courtyard}：规模为{weight}，超过上限{max}"},
    Entry{ENTRY(courtyard_undersize),
          "courtyard {courtyard}: its size {weight} is below the minimum of {min}",
          "院落{courtyard}：规模为{weight}，低于下限{min}"},
    Entry{ENTRY(pin_split),
          "pin {pin}: its households ({records}) are in different courtyards ({courtyards}); they must "
          "share one",
          "同院标记“{pin}”：所标各户（{records}）分在不同院落（{courtyards}）；应同在一个院落"},
    Entry{ENTRY(head_not_allowed),
          "courtyard {courtyard}: household {id} may not be head; choose a household that may",
          "院落{courtyard}：户{id}不能当院长；请另选可以当院长的户"},
    Entry{ENTRY(head_not_medoid),
          "courtyard {courtyard}: head {0} is {total_m} m from the members in all, household {1} only "
          "{least_m} m",
          "院落{courtyard}：院长{0}到各户的距离合计{total_m}米，户{1}只有{least_m}米"},
    Entry{ENTRY(head_not_member),
          "courtyard {courtyard}: its head {id} is not one of its households; choose one of them",
          "院落{courtyard}：院长{id}不是本院落的户；请在本院落各户中选"},
    Entry{ENTRY(distance_wrong),
          "household {id}: the distance to the head is given as {claimed_m} m, but it is {distance_m} m",
          "户{id}：所填到院长的距离是{claimed_m}米，实际是{distance_m}米"},
    Entry{ENTRY(courtyard_without_head),
          "courtyard {courtyard}: it has no head; name one of its households that may be head",
          "院落{courtyard}：没有院长；请在可以当院长的户中确定一户"},
    Entry{ENTRY(courtyard_heads_differ),
          "courtyard {courtyard}: its households {0} and {1} are given different heads; a courtyard has "
          "one head",
          "院落{courtyard}：户{0}与户{1}所填的院长不同；一个院落只有一位院长"},
    Entry{ENTRY(certificate_rules_differ),
          "the certificate is for {rule} {claimed}, not {given}; check it with the rules that "
          "it was made for",
          "证书对应的“{rule}”是{claimed}，不是{given}；请用出具证书时的规则核对"},
    Entry{ENTRY(certificate_unknown_household),
          "the certificate names household {id}, which is not in the table of households; check "
          "it with the households that it was made for",
          "证书里的户{id}不在户表中；请用出具证书时的户表核对"},
    Entry{ENTRY(certificate_missing_household),
          "the certificate has no multiplier for household {id}; check it with the households "
          "that it was made for",
          "证书里没有户{id}的乘子；请用出具证书时的户表核对"},
    Entry{ENTRY(certificate_component_missing),
          "the certificate says nothing of the component of household {id}; check it with the "
          "links, ways and barriers that it was made for",
          "证书没有提到户{id}所在的连通片；请用出具证书时的邻里关系、道路和阻隔线核对"},
    Entry{ENTRY(certificate_component_unknown),
          "the certificate names a component by household {id}, which is in none",
          "证书用户{id}指称一个连通片，但该户不属于任何连通片"},
    Entry{ENTRY(certificate_component_repeated),
          "the certificate names the component of household {id} twice; check it with the "
          "links, ways and barriers that it was made for",
          "证书两次提到户{id}所在的连通片；请用出具证书时的邻里关系、道路和阻隔线核对"},
    Entry{ENTRY(certificate_number_wrong),
          "component of household {id}: the certificate is for {least} to {most} courtyards, "
          "but the rules give {number}",
          "户{id}所在的连通片：证书按{least}到{most}个院落出具，按规则应为{number}个"},
    Entry{ENTRY(certificate_sizes_wrong),
          "component of household {id}: the certificate supposes courtyards of {least} to "
          "{most}, which is narrower than the rules",
          "户{id}所在的连通片：证书假定院落规模为{least}到{most}，比规则更窄"},
    Entry{ENTRY(certificate_bound_too_high),
          "[component of household {id}: ]the certificate claims at least {claimed_m} m, but "
          "its multipliers prove only {confirmed_m} m",
          "[户{id}所在的连通片：]证书声称不小于{claimed_m}米，但其乘子只能证明{confirmed_m}米"},
    Entry{ENTRY(certificate_multiplier_out_of_range),
          "household {id}: multiplier {multiplier_um} is out of range",
          "户{id}：乘子{multiplier_um}超出范围"},

    // 5: a caller's mistake
    Entry{ENTRY(bounds_invalid),
          "the bounds {min} to {max} contradict themselves; give finite numbers with 0 < min ≤ max",
          "上下限{min}到{max}有矛盾；应为有限数，且0＜下限≤上限"},
    Entry{ENTRY(target_outside_bounds),
          "target {target} is not between {min} and {max}; give a target within the bounds",
          "目标{target}不在{min}到{max}之间；目标应在上下限之内"},
    Entry{ENTRY(option_not_finite),
          "{option} is {value}; give a finite number",
          "{option}是{value}；应为有限数"},
    Entry{ENTRY(option_negative),
          "{option} is {value}; give a number that is not negative, and above 0 where it counts or "
          "limits something",
          "{option}是{value}；不得为负，用作数量或上限时应大于0"},
    Entry{ENTRY(grids_options_conflict),
          "the options for grids contradict each other[ (grids {grids})][ (courtyards a grid {min} to "
          "{max})]; give either a number of grids, at least 1, or courtyards a grid with 1 ≤ min ≤ max",
          "网格选项有矛盾[（网格数{grids}）][（每个网格{min}到{max}个院落）]；只能给网格数（至少1个），"
          "或给每个网格的院落数（1≤下限≤上限），二者选一"},
    Entry{ENTRY(unknown_algorithm),
          "there is no algorithm \"{name}\"; use one of {known}",
          "没有名为“{name}”的算法；可用的有：{known}"},
    Entry{ENTRY(graph_size_mismatch),
          "the neighbour graph has {nodes:node/nodes}, the town {households:household/households}; build the graph "
          "from the same town",
          "邻里图有{nodes}个点，而共有{households}户；邻里图应由同一份户表生成"},
    Entry{ENTRY(labels_size_mismatch),
          "[{column}: ]{length:entry was/entries were} given where {expected} are needed; give one for each "
          "household",
          "[{column}：]给了{length}项，应有{expected}项；每户一项"},
    Entry{ENTRY(label_out_of_range),
          "label {label}[ (row {row})] is out of range; give a courtyard number of at least 0",
          "院落号{label}[（第{row}行）]超出范围；应为大于或等于0的整数"},
    Entry{ENTRY(length_out_of_range),
          "{option} is {value}; give a length in metres that is not negative, and above 0 for a limit",
          "{option}是{value}；应为以米计的长度，不得为负，用作上限时应大于0"},
    Entry{ENTRY(edge_out_of_range),
          "edge {u} to {v}: the graph has {nodes:node/nodes}; give nodes from 0 and below that number",
          "边{u}—{v}：图里只有{nodes}个点；点号从0起，应小于{nodes}"},
    Entry{ENTRY(meridian_out_of_range),
          "central meridian {value} is no meridian; give whole degrees from -180 to 180",
          "中央子午线{value}超出范围；应为-180到180的整度数"},
    Entry{ENTRY(medians_out_of_range),
          "{medians:median/medians} cannot be chosen among {nodes:node/nodes}; give at least 1 and at most as many "
          "as there are nodes",
          "无法从{nodes}个点中选出{medians}个中位点；中位点数应至少为1，且不超过点数"},
    Entry{ENTRY(distances_conflict),
          "distances come either from coordinates or from a table; give one of the two",
          "距离要么由坐标算出，要么由距离表给出；请只给其中一种"},
    Entry{ENTRY(column_size_mismatch),
          "{column} has {length:entry/entries} where {expected} are needed; give one for each node, or for "
          "each pair of nodes in a table of distances",
          "{column}有{length}项，应有{expected}项；每点一项，距离表则每对点一项"},
    Entry{ENTRY(value_invalid),
          "{column}: entry {index} (from 0) is {value}; give a finite number from {min} to {max}",
          "{column}：第{index}项（从0数起）是{value}；应为{min}到{max}的有限数"},
    Entry{ENTRY(unknown_locked_courtyard),
          "courtyard {courtyard} is to be locked, but the previous assignment has none of that id; "
          "give ids as they stand there",
          "要锁定的院落{courtyard}不在原划分中；请按原划分里的编号填写"},
    Entry{ENTRY(unknown_household),
          "there is no household {household}; give an id of the table of households",
          "没有编号为{household}的户；请用户表里的编号"},
    Entry{ENTRY(unknown_courtyard),
          "there is no courtyard {courtyard}; give an id of the table of courtyards",
          "没有编号为{courtyard}的院落；请用院落表里的编号"},

    // 6: the simulated township
    Entry{ENTRY(simulate_counts_invalid),
          "{households:household/households} in {villages:village/villages} cannot be made up; give 1 ≤ villages ≤ "
          "households ≤ 100000000",
          "无法生成{villages}个村、{households}户；应满足1≤村数≤户数≤100000000"},

    // 8: rule documents and conditions
    Entry{ENTRY(document_syntax),
          "[{file}:{line}: |{file}: ]this is no {format}: {reason}[ (column {column})]",
          "[{file}:{line}：|{file}：]不是合格的{format}[，第{column}列附近有误]（解析器原文：{reason}）"},
    Entry{ENTRY(document_too_large),
          "[{file}: ]{bytes} bytes are more than a rule document may have; give at most {most}",
          "[{file}：]共{bytes}字节，超过规则文件的上限；最多{most}字节"},
    Entry{ENTRY(document_too_deep),
          "[{file}:{line}: |{file}: ]nested deeper than {most} levels; rules need no more than a "
          "few",
          "[{file}:{line}：|{file}：]嵌套超过{most}层；规则文件用不到这么多层"},
    Entry{ENTRY(document_not_utf8),
          "[{file}:{line}: |{file}: ]byte {byte} is not UTF-8; save the file as UTF-8",
          "[{file}:{line}：|{file}：]第{byte}个字节不是 UTF-8；请将文件另存为 UTF-8"},
    Entry{ENTRY(document_duplicate_key),
          "[{file}:{line}: |{file}: ]{key} is given twice[ (first in line {first_line})]; keep "
          "one",
          "[{file}:{line}：|{file}：]“{key}”重复[（第{first_line}行已有）]；请只留一处"},
    Entry{ENTRY(document_wrong_kind),
          "[{file}:{line}: |{file}: ][{id}: ]{key} is of the kind “{found_kind}”; give one of "
          "the kind “{expected_kind}”",
          "[{file}:{line}：|{file}：][{id}：]“{key}”是{found_kind}；应为{expected_kind}"},
    Entry{ENTRY(document_missing_key),
          "[{file}:{line}: |{file}: ][{id}: ]{key} is missing; give it",
          "[{file}:{line}：|{file}：][{id}：]缺少“{key}”；请补上"},
    Entry{ENTRY(document_unknown_key),
          "[{file}:{line}: |{file}: ][{id}: ]there is no key {key} here[; perhaps {near} is "
          "meant|; there are: {known}]",
          "[{file}:{line}：|{file}：][{id}：]此处没有“{key}”这一项[；可"
          "能是指“{near}”|；可用的有：{known}]"},
    Entry{ENTRY(document_out_of_range),
          "[{file}:{line}: |{file}: ][{id}: ]{key} is {value}; give a number from {least} to "
          "{most}",
          "[{file}:{line}：|{file}：][{id}：]“{key}”是{value}；应在{least}到{most}之间"},
    Entry{ENTRY(document_unknown_word),
          "[{file}:{line}: |{file}: ][{id}: ]{key} is “{value}”[; perhaps {near} is meant]; it "
          "can be: {known}",
          "[{file}:{line}：|{file}：][{id}：]“{key}”是“{value}”[；可能是"
          "指“{near}”]；可用的有：{known}"},
    Entry{ENTRY(document_not_a_date),
          "[{file}:{line}: |{file}: ][{id}: ]{key} is “{value}”, which is no day of the "
          "calendar; give a date as YYYY-MM-DD",
          "[{file}:{line}：|{file}：][{id}：]“{key}”是“{value}”，不是日历上的一天；日期应写成 "
          "YYYY-MM-DD"},
    Entry{ENTRY(document_empty_text),
          "[{file}:{line}: |{file}: ][{id}: ]{key} is empty; give a text, or leave the key out",
          "[{file}:{line}：|{file}：][{id}：]“{key}”为空；请填写，或去掉这一项"},
    Entry{ENTRY(condition_syntax),
          "[{file}:{line}: |{file}: ][{id}: ][{key}: ]“{text}”: {found} stands at character {character} "
          "where one of these can stand: {expected}",
          "[{file}:{line}：|{file}：][{id}：][“{key}”：]“{text}”：第{character}个字起是 "
          "{found}，此处可以是：{expected}"},
    Entry{ENTRY(condition_unsupported),
          "[{file}:{line}: |{file}: ][{id}: ][{key}: ]“{text}”: {found} at character {character} is "
          "beyond unary tests as gridgov reads them: no names of columns, arithmetic, other "
          "functions, times, durations or not(…) within a list; give comparisons, ranges, "
          "values, not(…) or -",
          "[{file}:{line}：|{file}：][{id}：][“{key}”：]“{text}”：第{character}个字起的 {found} "
          "不在可用的条件写法之内：不能用列名、算式、其他函数、时刻、时长，列举之中也不能用 "
          "not(…)；可用比较、区间、取值、not(…) 和 -"},
    Entry{ENTRY(condition_mixed_types),
          "[{file}:{line}: |{file}: ][{id}: ][{key}: ]“{text}”: at character {character} stands a value "
          "of the type {other_type}, before it one of the type {type}; compare with values of "
          "one type",
          "[{file}:{line}：|{file}：][{id}：][“{key}”：]“{text}”：第{character}个字起是{other_type}，前面的却是{type}；一个条件里的值应为同一类"},
    Entry{ENTRY(condition_order_undefined),
          "[{file}:{line}: |{file}: ][{id}: ][{key}: ]“{text}”: {found} at character {character} has no "
          "order, so nothing is less or greater; name the values themselves",
          "[{file}:{line}：|{file}：][{id}：][“{key}”：]“{text}”：第{character}个字起的 {found} "
          "不分大小，不能比较；请直接列出取值"},
    Entry{ENTRY(condition_number_invalid),
          "[{file}:{line}: |{file}: ][{id}: ][{key}: ]“{text}”: the number {found} at character "
          "{character} has more than 15 significant digits, or is too large or too small",
          "[{file}:{line}：|{file}：][{id}：][“{key}”：]“{text}”：第{character}个字起的数 {found} "
          "有效数字超过15位，或者过大、过小"},
    Entry{ENTRY(condition_date_invalid),
          "[{file}:{line}: |{file}: ][{id}: ][{key}: ]“{text}”: {found} at character {character} is no "
          "day of the calendar; write date(\"YYYY-MM-DD\")",
          "[{file}:{line}：|{file}：][{id}：][“{key}”：]“{text}”：第{character}个字起的 {found} "
          "不是日历上的一天；应写成 date(\"YYYY-MM-DD\")"},
    Entry{ENTRY(condition_too_long),
          "[{file}:{line}: |{file}: ][{id}: ][{key}: ]a condition of {bytes} bytes; give at most "
          "{most}",
          "[{file}:{line}：|{file}：][{id}：][“{key}”：]条件长{bytes}字节；最多{most}字节"},
    Entry{ENTRY(condition_not_utf8),
          "[{file}:{line}: |{file}: ][{id}: ][{key}: ]“{text}”: byte {position} is not UTF-8; give "
          "the text as UTF-8",
          "[{file}:{line}：|{file}：][{id}：][“{key}”：]“{text}”：第{position}个字节不是 "
          "UTF-8；请改用 UTF-8"},
    Entry{ENTRY(condition_type_clash),
          "[{file}:{line}: |{file}: ][{id}: ][column {column}: ]a condition on values of the "
          "type {type}[ ({text})] meets a column of the type {column_type}; compare with values "
          "of the column's type",
          "[{file}:{line}：|{file}：][{id}：][“{column}”一列：]条件[ {text} "
          "]比较的是{type}，而该列是{column_type}；请用与该列同类的值"},
    Entry{ENTRY(condition_unknown_column),
          "[{file}:{line}: |{file}: ][{id}: ]there is no column {column} to put a condition on[; "
          "perhaps {near} is meant|; there are: {known}]",
          "[{file}:{line}：|{file}：][{id}：]条件用到的“{column}”一列不"
          "存在[；可能是指“{near}”|；现有各列：{known}]"},
    Entry{ENTRY(condition_unreadable_cell),
          "[{file}:{line}: |{file}: ][{id}: ]{column} is “{value}”, which is no value of the type "
          "{type}[ that rule {rule} asks for ({rule_file}:{rule_line})| that rule {rule} asks for| that "
          "a condition asks for][; the first of {count}]",
          "[{file}:{line}：|{file}：][{id}：]“{column}”是“{value}”，不是{type}[，而规则“{rule}”"
          "（{rule_file} 第{rule_line}行）要用{type}|，而规则“{rule}”要用{type}|，而条件要用{type}]"
          "[（此类共{count}处，这是第一处）]"},
    Entry{ENTRY(condition_incomplete),
          "[{file}:{line}: |{file}: ][{id}: ][{key}: ]“{text}”: it ends at character {character} where one of these "
          "can stand: {expected}",
          "[{file}:{line}：|{file}：][{id}：][“{key}”：]“{text}”：写到第{character}个字就结束了，此处可以是："
          "{expected}"},
    // 9: points
    Entry{ENTRY(rulebook_id_invalid),
          "[{file}:{line}: |{file}: ]{what_kind}: the id “{id}” is not usable; give a text of 1 to "
          "1024 bytes without control characters",
          "[{file}:{line}：|{file}：]{what_kind}编号“{id}”不能"
          "用；编号长1到1024字节，不含控制字符"},
    Entry{ENTRY(rulebook_id_repeated),
          "[{file}:{line}: |{file}: ]{what_kind} {id} is given twice[ (first in line "
          "{first_line})]; give every one an id of its own",
          "[{file}:{line}：|{file}：]{what_kind}{id}重复[（首次"
          "在第{first_line}行）]；编号不得重复"},
    Entry{ENTRY(rulebook_unknown_group),
          "[{file}:{line}: |{file}: ]rule {id}: there is no group {group} in this rulebook; "
          "declare it with a table named group",
          "[{file}:{line}：|{file}：]规则{id}：本规则文件里没有规则组“{g"
          "roup}”；请先用 group 声明"},
    Entry{ENTRY(rulebook_cap_without_group),
          "[{file}:{line}: |{file}: ]rule {id}: a cap over the group of a rule that has none; give "
          "the rule a group, or the cap over = \"rule\" or \"all\"",
          "[{file}:{line}：|{file}：]规则{id}：封顶以规则组计，规则却不属于"
          "任何组；请给规则加上 group，或把 over 改为 rule 或 all"},
    Entry{ENTRY(rulebook_overlap),
          "[{file}:{line}: |{file}: ]rulebooks {0} and {1} are both in force in [the village "
          "{village}|every village that no other names] on {date}; end one the day on which the other begins (effective_to is the "
          "first day no longer in force)",
          "[{file}:{line}：|{file}：]规则文件{0}与{1}于{date}在[“{village}”|未"
          "指明规则的各村]同时生效；请让前一份在后一份开始之日失效（effective_to 为不再有效的第一天）"},
    Entry{ENTRY(rulebook_dates_reversed),
          "[{file}:{line}: |{file}: ]rulebook {id}: it ends on {to}, not after its beginning on "
          "{from}; effective_to is the first day no longer in force",
          "[{file}:{line}：|{file}：]规则文件{id}：{from}生效，{to"
          "}就已失效；effective_to 为不再有效的第一天，应晚于生效日"},
    Entry{ENTRY(rulebook_villages_invalid),
          "[{file}:{line}: |{file}: ]rulebook {id}: give villages by name, each once, or \"*\" "
          "alone",
          "[{file}:{line}：|{file}：]规则文件{id}：villages 应逐一"
          "写村名，不重复；或者只写一个“*”"},
    Entry{ENTRY(rulebook_number_out_of_range),
          "[{file}:{line}: |{file}: ]{id}: {key} is {value}; give a number from {least} to {most}",
          "[{file}:{line}：|{file}：]{id}：“{key}”是{value}；应在{least}到{most}之间"},
    Entry{ENTRY(rulebook_value_missing),
          "[{file}:{line}: |{file}: ]{id}: {key} is missing or empty; give it",
          "[{file}:{line}：|{file}：]{id}：“{key}”没有填写；请补上"},
    Entry{ENTRY(rulebook_unit_scale_invalid),
          "[{file}:{line}: |{file}: ]rulebook {id}: unit_scale is {value}; give 1, 10, 100 or "
          "another power of ten up to 1000000",
          "[{file}:{line}：|{file}：]规则文件{id}：unit_scale 为"
          "{value}；应为1、10、100等10的整数次幂，最大1000000"},
    Entry{ENTRY(rulebook_freeze_invalid),
          "[{file}:{line}: |{file}: ][{id}: ]freeze is “{value}”; give none, end_of_year, "
          "end_of_next_year, or a term such as P3M",
          "[{file}:{line}：|{file}：][{id}：]freeze 为“{valu"
          "e}”；可用 none、end_of_year、end_of_next_year，或 P3M 一类的期限"},
    Entry{ENTRY(rulebook_types_differ),
          "[{file}:{line}: |{file}: ]column {column}: rule {0} asks for values of the type {type}, "
          "rule {1} for the type {other_type}; a column has one type",
          "[{file}:{line}：|{file}：]“{column}”一列：规则{0}比较的"
          "是{type}，规则{1}比较的是{other_type}；同一列只能是一类值"},
    Entry{ENTRY(points_unknown_household),
          "{kind} {id}: there is no household {household} in HOUSEHOLDS; use its ids",
          "{kind}{id}：户表里没有编号为{household}的户；请用户表里的编号"},
    Entry{ENTRY(points_unknown_person),
          "{kind} {id}: there is no person {person} in PERSONS; use its ids, or leave the cell "
          "blank",
          "{kind}{id}：人员表里没有编号为{person}的人；请用人员表里的编号，或留空"},
    Entry{ENTRY(points_row_repeated),
          "{kind} {id}: rows {first_row} and {row} have the same number but say different things; "
          "give every row a number of its own, or keep one",
          "{kind}{id}：第{first_row}行与第{row}行编号相同，内容却不同；每一行的编号都要不同，或只留一行"},
    Entry{ENTRY(points_value_missing),
          "{kind} {id}: {column} is blank; give it",
          "{kind}{id}：“{column}”为空；请填写"},
    Entry{ENTRY(points_date_invalid),
          "{kind} {id}: {column} is “{value}”, which is no day of the calendar; give a date as "
          "YYYY-MM-DD",
          "{kind}{id}：“{column}”是“{value}”，不是日历上的一天；日期应写成 YYYY-MM-DD"},
    Entry{ENTRY(points_number_invalid),
          "{kind} {id}: {column} is “{value}”; give a whole number from {least} to {most}",
          "{kind}{id}：“{column}”是“{value}”；应为{least}到{most}的整数"},
    Entry{ENTRY(points_stage_unknown),
          "{kind} {id}: the stage is “{value}”; give declared, reviewed, published, posted or "
          "rejected",
          "{kind}{id}：阶段是“{value}”；可用的有：申报（declared）、审核（"
          "reviewed）、公示（published）、入账（posted）、驳回（rejected）"},
    Entry{ENTRY(reversal_of_nothing),
          "{kind} {id}: it reverses {target}, which the register does not have",
          "{kind}{id}：要冲销的{target}不在登记表中"},
    Entry{ENTRY(reversal_of_itself),
          "{kind} {id}: it reverses itself; name the row that it takes back",
          "{kind}{id}：冲销的是自己；请填要冲销的那一行的编号"},
    Entry{ENTRY(reversal_of_reversal),
          "{kind} {id}: it reverses {target}, which is a reversal itself; enter the deed anew "
          "instead",
          "{kind}{id}：{target}本身就是冲销，不能再冲销；请重新登记原事项"},
    Entry{ENTRY(reversed_twice),
          "{kind} {id}: it reverses {target}, which {other} reverses already; keep one of the two",
          "{kind}{id}：{target}已由{other}冲销；两者只留其一"},
    Entry{ENTRY(reversal_of_other_household),
          "{kind} {id}: it reverses {target} of another household; name the same household",
          "{kind}{id}：要冲销的{target}属于另一户；两行应为同一户"},
    Entry{ENTRY(person_cap_without_person),
          "{kind} {id}: the rule {rule} has a cap for each person, but the row names no person; "
          "give person_id",
          "{kind}{id}：规则{rule}按人封顶，这一行却没有写人；请填 person_id"},
    Entry{ENTRY(points_overflow),
          "{kind} {id}: its points are more than a whole number of 64 bits holds; give smaller "
          "points or units",
          "{kind}{id}：积分超出64位整数的范围；请减小分值或数量"},
    Entry{ENTRY(person_rows_overlap),
          "{kind} {id}: rows {first_row} and {row} are both valid on some days; end one the day on "
          "which the other begins (valid_to is the first day no longer)",
          "{kind}{id}：第{first_row}行与第{row}行的有效期重叠；请让前一行在"
          "后一行开始之日结束（valid_to 为不再有效的第一天）"},
    Entry{ENTRY(person_dates_reversed),
          "{kind} {id}: valid_to {to} is not after valid_from {from}; valid_to is the first day no "
          "longer valid",
          "{kind}{id}：valid_to（{to}）不晚于 valid_from（{from"
          "}）；valid_to 为不再有效的第一天"},
    Entry{ENTRY(return_of_nothing),
          "{kind} {id}: it returns {target}, which the exchanges do not have",
          "{kind}{id}：要退的{target}不在兑换台账中"},
    Entry{ENTRY(return_of_itself),
          "{kind} {id}: it returns itself, {target}; name the exchange that is given back",
          "{kind}{id}：退的是自己（{target}）；请填要退的那笔兑换的编号"},
    Entry{ENTRY(return_of_return),
          "{kind} {id}: it returns {target}, which is a return itself",
          "{kind}{id}：{target}本身就是退货，不能再退"},
    Entry{ENTRY(returned_twice),
          "{kind} {id}: it returns {target}, which another row returns already; keep one of the two",
          "{kind}{id}：{target}已由另一行退过；两者只留其一"},
    Entry{ENTRY(return_of_other_household),
          "{kind} {id}: it returns {target} of another household; name the same household",
          "{kind}{id}：要退的{target}属于另一户；两行应为同一户"},
    Entry{ENTRY(good_price_repeated),
          "{kind} {id}: the shop “{shop}” has two prices or stocks from {date} on; keep one",
          "{kind}{id}：超市“{shop}”自{date}起有两个价格或库存；请只留一个"},
    Entry{ENTRY(points_posts_in_the_past),
          "{kind} {id}: it would post on {date}, but everything up to {as_of} is posted already "
          "and is never rewritten; record it on a later day",
          "{kind}{id}：应于{date}入账，而{as_of}及以前的账已记完，不再改动；请"
          "改记在以后的日期（recorded_on）"},
    Entry{ENTRY(points_row_changed),
          "{kind} {id}: it was posted before and now says something else; give it as it was, and "
          "correct it by a new row",
          "{kind}{id}：此前已入账，现在内容却变了；请按原样给出，更正请另记一行"},
    Entry{ENTRY(points_household_gone),
          "household {id} of the village {village} has points already, but HOUSEHOLDS no longer "
          "has it there; keep its row",
          "“{village}”的户{id}已有积分，户表里该村却没有这一户了；请保留这一行"},
    Entry{ENTRY(points_state_invalid),
          "these bytes are no state of points that can be used ({reason_kind}); give them as they "
          "were written",
          "这不是可用的积分状态数据（{reason_kind}）；请原样给出"},
    Entry{ENTRY(points_state_version),
          "this state of points has the format version {version}, this gridgov knows {known}; use "
          "a later gridgov",
          "积分状态数据的格式版本是{version}，本程序只认{known}；请换用更新的程序"},
    Entry{ENTRY(ledger_number_wrong),
          "ledger (row {row}): the number is {number} where {expected} should follow; a posting is "
          "missing, added or moved",
          "账簿（第{row}行）：编号是{number}，应为{expected}；有分录缺失、多出或移动"},
    Entry{ENTRY(ledger_hash_wrong),
          "ledger (row {row}): the hash of posting {number} does not fit its fields and the hash "
          "before; this posting or one before was changed",
          "账簿（第{row}行）：第{number}笔分录的哈希与其内容及前一笔不符；这一笔或此前某一笔被改动过"},
    Entry{ENTRY(ledger_value_invalid),
          "ledger (row {row}): {column} is “{value}”; give the ledger as it was written",
          "账簿（第{row}行）：“{column}”是“{value}”，不能用；请给出原样的账簿"},
    Entry{ENTRY(points_as_of_invalid),
          "the as-of date {value} cannot be used; give a day from 0001-01-01 to 9999-12-31[, not "
          "before {state}, up to which everything is posted]",
          "截止日{value}不能用；应在0001-01-01到9999-12-31之间[，且不早于已记账到的{state}]"},
    Entry{ENTRY(as_of_differs),
          "the two settlements are of different days ({before} and {after}); settle both on one day",
          "两次结算的截止日不同（{before}与{after}）；请按同一天结算"},
    Entry{ENTRY(settlements_wrong_number),
          "{number:settlement is/settlements are} given where {expected} are needed, one for each rulebooks and "
          "register",
          "给出了{number}次结算，应为{expected}次：每套规则配每份登记表各一次"},
    Entry{ENTRY(points_household_out_of_range),
          "there is no household number {number}; the settlement has {households}",
          "没有序号为{number}的户；结算结果共有{households}户"},
    Entry{ENTRY(lint_rule_never_fires),
          "[{file}:{line}: |{file}: ]rule {id} can never fire: no value of {column} satisfies "
          "its conditions ({witness})",
          "[{file}:{line}：|{file}：]规则“{id}”永远不会生效：“{column}”"
          "没有任何取值能满足它的条件（{witness}）"},
    Entry{ENTRY(lint_rule_gives_nothing),
          "[{file}:{line}: |{file}: ]rule {id} gives nothing, whatever is done ({witness}); give "
          "it points, or leave it out",
          "[{file}:{line}：|{file}：]规则“{id}”无论怎样都不计分（{witness}）；请填分值，或删去"},
    Entry{ENTRY(lint_rule_shadowed),
          "[{file}:{line}: |{file}: ]rule {0} never gives: in group {group} ({policy_kind}) rule "
          "{1} takes every deed that it could ({witness})",
          "[{file}:{line}：|{file}：]规则“{0}”从不计分：“{group}”组（{p"
          "olicy_kind}）里，它能用上的事项总由规则“{1}”占先（{witness}）"},
    Entry{ENTRY(lint_unique_overlap),
          "[{file}:{line}: |{file}: ]rules {0} and {1} of the unique group {group} both match "
          "one deed, which would make it an error ({witness}); keep their conditions apart",
          "[{file}:{line}：|{file}：]“{group}”组规定只能有一条规则适用，"
          "而规则“{0}”和“{1}”会同时适用，该行将出错（{witness}）；请把条件分开"},
    Entry{ENTRY(lint_cap_below_award),
          "[{file}:{line}: |{file}: ]rule {id}: the cap of {limit} ({scope_kind}, {period_kind}) "
          "is below one award of {points} ({witness})",
          "[{file}:{line}：|{file}：]规则“{id}”：按{scope_kind}按{perio"
          "d_kind}的上限{limit}，低于一次的{points}分（{witness}）"},
    Entry{ENTRY(lint_cap_rejects_units),
          "[{file}:{line}: |{file}: ]rule {id}: the cap of {limit} ({scope_kind}, {period_kind}) "
          "refuses larger deeds whole, so that doing more gives nothing ({witness})",
          "[{file}:{line}：|{file}：]规则“{id}”：按{scope_kind}按{perio"
          "d_kind}的上限{limit}，超过的整笔不计，做得多反而不得分（{witness}）"},
    Entry{ENTRY(lint_cap_idle),
          "[{file}:{line}: |{file}: ]rule {id}: the cap of {limit} ({period_kind}) never binds, "
          "because that of {other_limit} ({other_period_kind}) is reached first ({witness})",
          "[{file}:{line}：|{file}：]规则“{id}”：按{period_kind}的上限{"
          "limit}不起作用，因为按{other_period_kind}的上限{other_limit}总是先到（{witness}）"},
    Entry{ENTRY(lint_deduction_without_evidence),
          "[{file}:{line}: |{file}: ]rule {id} deducts points without evidence or a witness "
          "({witness}); ask for at least one",
          "[{file}:{line}：|{file}：]规则“{id}”扣分不要求佐证或见证人（"
          "{witness}）；请至少要求一项"},
    Entry{ENTRY(lint_deduction_expires),
          "[{file}:{line}: |{file}: ]rule {id} is a deduction, and only awards expire "
          "({witness}); leave expires_after_months out",
          "[{file}:{line}：|{file}：]规则“{id}”是扣分，而只有加分才会过期（{witness}）；请去掉 "
          "expires_after_months"},
    Entry{ENTRY(lint_nearest_of_idle),
          "[{file}:{line}: |{file}: ]rule {id} is to serve the deed {deed} where it has no rule, "
          "but it has one ({witness})",
          "[{file}:{line}：|{file}：]规则“{id}”参照适用于没有规则的事项"
          "“{deed}”，而该事项已有规则（{witness}）"},
    Entry{ENTRY(lint_group_empty),
          "[{file}:{line}: |{file}: ]group {group} has no rule ({witness})",
          "[{file}:{line}：|{file}：]“{group}”组里没有规则（{witness}）"},
    Entry{ENTRY(lint_black_board_everyone),
          "[{file}:{line}: |{file}: ]every household starts on the black board, which is for "
          "balances of at most {at_most} ({witness})",
          "[{file}:{line}：|{file}：]黑榜针对不高于{at_most}分的户，而各"
          "户一开始就都在榜上（{witness}）"},
    Entry{ENTRY(lint_black_board_nobody),
          "[{file}:{line}: |{file}: ]no balance can be as low as the black board's {at_most} "
          "({witness})",
          "[{file}:{line}：|{file}：]黑榜针对不高于{at_most}分的户，而积"
          "分不会低到这个数（{witness}）"},
    Entry{ENTRY(lint_gap),
          "[{file}:{line}: |{file}: ]no rulebook is in force in [the village {village}|villages that "
          "none names] from {from} to {to}; deeds of these days give nothing ({witness})",
          "[{file}:{line}：|{file}：]{from}至{to}，[“{village}”|未指明规则的各村]没有生效的"
          "积分办法，这些天的事项不计分（{witness}）"},
    Entry{ENTRY(lint_good_out_of_reach),
          "[{file}:{line}: |{file}: ]good {good} costs {points}, and no household can earn more "
          "than {most} in a year ({witness})",
          "[{file}:{line}：|{file}：]“{good}”要{points}分，而一户一年最"
          "多只能得{most}分（{witness}）"},
    Entry{ENTRY(lint_liability_beyond_budget),
          "[{file}:{line}: |{file}: ]{village}: if all {households:household/households} earned the most "
          "they can in a year ({points:point/points}), goods would cost {yuan} yuan, more than the "
          "budget of {budget_yuan} ({witness})",
          "[{file}:{line}：|{file}：]“{village}”：若{households}户一年都"
          "得满{points}分，兑换约需{yuan}元，超出预算{budget_yuan}元（{witness}）"},
    Entry{ENTRY(lint_earning_unbounded),
          "[{file}:{line}: |{file}: ]nothing limits what a household can earn by rule {id} in a "
          "year, so that no budget ({budget_yuan} yuan) is safe ({witness}); give a cap over "
          "household or village",
          "[{file}:{line}：|{file}：]规则“{id}”一户一年可得的分没有上限"
          "，预算{budget_yuan}元难以保证（{witness}）；请按户或按村设上限"},
    Entry{ENTRY(lint_incomplete),
          "[{file}:{line}: |{file}: ]group {group} has too many rules for one deed to compare "
          "all of them; {pairs} pairs were ({witness})",
          "[{file}:{line}：|{file}：]“{group}”组同一事项的规则过多，只比"
          "较了{pairs}对（{witness}）"},
    // 10: lists
    Entry{ENTRY(catalogue_empty),
          "there is no catalogue file; give at least one",
          "一份清单文件也没有；请至少给一份"},
    Entry{ENTRY(catalogue_too_large),
          "[{file}:{line}: |{file}: ]{count} records of the kind {what_kind} are more than "
          "gridgov takes; give at most {most}",
          "[{file}:{line}：|{file}：]{what_kind}共{count}项，超过上限；最多{most}项"},
    Entry{ENTRY(catalogue_id_invalid),
          "[{file}:{line}: |{file}: ]{what_kind}[ {id}]: the id is not usable ({reason_kind}); "
          "give a text of 1 to {most} bytes without control characters or outer blanks (an "
          "actor's also without full stop, not * and not level:…; a person's without semicolon)",
          "[{file}:{line}：|{file}：]{what_kind}[{id}]：编号不能用（{reason_kind}）；编号长1到{"
          "most}字节，不含控制字符，首尾不留空格（主体编号还不得含句点，不得是*或以level:开头；"
          "人员编号不得含分号）"},
    Entry{ENTRY(catalogue_id_repeated),
          "[{file}:{line}: |{file}: ]{what_kind} {id} stands in this file twice[ (first in "
          "line {first_line})]; give every one an id of its own",
          "[{file}:{line}：|{file}：]{what_kind}{id}在本文件中重复[（首次在第{first_line}行）]"
          "；编号不得重复"},
    Entry{ENTRY(catalogue_matter_invalid),
          "[{file}:{line}: |{file}: ]{id}: {key}: “{value}” is no matter ({reason_kind}); give "
          "segments joined by /, none of them empty, at most 64 of them and 1,024 bytes in all",
          "[{file}:{line}：|{file}：]{id}：{key}“{value}”不是合格的事项路径（{reason_kind}）；"
          "应为以/分隔的各段，每段不空，最多64段、共1024字节"},
    Entry{ENTRY(catalogue_unknown_actor),
          "[{file}:{line}: |{file}: ][{id}: ]{key}: there is no actor {value}[; perhaps {near} "
          "is meant]",
          "[{file}:{line}：|{file}：][{id}：]{key}：没有主体“{value}”[；可能是指“{near}”]"},
    Entry{ENTRY(catalogue_unknown_village),
          "[{file}:{line}: |{file}: ]{id}: villages: {value} is no actor of the level "
          "village[; perhaps {near} is meant]; give ids of villages, or *",
          "[{file}:{line}：|{file}：]{id}：villages：“{value}”不是村级主体[；可能是指“{near}”]"
          "；请填村的编号，或填*"},
    Entry{ENTRY(catalogue_unknown_level),
          "[{file}:{line}: |{file}: ]{id}: {key}: “{value}” names no level; there are "
          "level:courtyard, level:grid, level:village, level:town and level:district",
          "[{file}:{line}：|{file}：]{id}：{key}：“{value}”不是层级；可用的有level:courtyard（"
          "院落）、level:grid（网格）、level:village（村）、level:town（镇）、level:district（"
          "区县）"},
    Entry{ENTRY(catalogue_unknown_procedure),
          "[{file}:{line}: |{file}: ]{id}: there is no procedure {value}[; perhaps {near} is "
          "meant]",
          "[{file}:{line}：|{file}：]{id}：没有流程“{value}”[；可能是指“{near}”]"},
    Entry{ENTRY(catalogue_unknown_item),
          "[{file}:{line}: |{file}: ]withdraw: no earlier file has an item {id}[; perhaps "
          "{near} is meant]",
          "[{file}:{line}：|{file}：]撤销（withdraw）：前面的文件里没有事项{id}[；可能是指“{nea"
          "r}”]"},
    Entry{ENTRY(catalogue_post_invalid),
          "[{file}:{line}: |{file}: ]{id}: “{value}” is no post; give ACTOR.NAME",
          "[{file}:{line}：|{file}：]{id}：“{value}”不是岗位；应写成“主体编号.岗位名”"},
    Entry{ENTRY(catalogue_parent_circle),
          "[{file}:{line}: |{file}: ]the actors {records} lie within each other in a circle; "
          "give one of them another parent",
          "[{file}:{line}：|{file}：]主体{records}的上级关系成环；请改正其中一个的上级"},
    Entry{ENTRY(catalogue_parent_below),
          "[{file}:{line}: |{file}: ]{0} ({level_kind}) has the parent {1} "
          "({parent_level_kind}), which is of a level below; a parent is of the same level or "
          "above",
          "[{file}:{line}：|{file}：]{0}（{level_kind}）的上级{1}（{parent_level_kind}）层级反"
          "而更低；上级的层级不得低于本级"},
    Entry{ENTRY(catalogue_dates_reversed),
          "[{file}:{line}: |{file}: ]{what_kind}[ {id}]: it ends on {to}, not after its "
          "beginning on {from}; the end is the first day no longer in force",
          "[{file}:{line}：|{file}：]{what_kind}[{id}]：{from}开始，{to}就已结束；结束日为不再"
          "有效的第一天，应晚于开始日"},
    Entry{ENTRY(catalogue_number_invalid),
          "[{file}:{line}: |{file}: ]{id}: {key} is {value}; give a number from 0 to {most}",
          "[{file}:{line}：|{file}：]{id}：{key}为{value}；应为0到{most}的数"},
    Entry{ENTRY(catalogue_unknown_step),
          "[{file}:{line}: |{file}: ]procedure {id}: step {step} goes on to {value}, which is "
          "no step of it",
          "[{file}:{line}：|{file}：]流程{id}：步骤“{step}”之后的“{value}”不是本流程的步骤"},
    Entry{ENTRY(catalogue_step_repeated),
          "[{file}:{line}: |{file}: ]procedure {id}: step {step} stands in it twice[ (first in "
          "line {first_line})]; give every step an id of its own",
          "[{file}:{line}：|{file}：]流程{id}：步骤“{step}”重复[（首次在第{first_line}行）]；步"
          "骤编号不得重复"},
    Entry{ENTRY(catalogue_procedure_empty),
          "[{file}:{line}: |{file}: ]procedure {id} has no step; give at least one",
          "[{file}:{line}：|{file}：]流程{id}没有步骤；请至少写一步"},
    Entry{ENTRY(catalogue_too_many_names),
          "[{file}:{line}: |{file}: ]{id}: {key} has {count} entries; give at most {most}",
          "[{file}:{line}：|{file}：]{id}：{key}有{count}项；最多{most}项"},
    Entry{ENTRY(catalogue_value_missing),
          "[{file}:{line}: |{file}: ]{what_kind}[ {id}]: {key} is empty; give it",
          "[{file}:{line}：|{file}：]{what_kind}[{id}]：{key}为空；请填写"},
    Entry{ENTRY(catalogue_condition_repeated),
          "[{file}:{line}: |{file}: ]{id}: when asks {key} twice; put its tests into one list",
          "[{file}:{line}：|{file}：]{id}：when里“{key}”出现两次；请把条件并成一条"},
    Entry{ENTRY(catalogue_text_not_utf8),
          "[{file}:{line}: |{file}: ]{what_kind}[ {id}]: {key} is not UTF-8; give the text as "
          "UTF-8",
          "[{file}:{line}：|{file}：]{what_kind}[{id}]：{key}不是UTF-8文字；请改用UTF-8"},
    Entry{ENTRY(request_unknown_actor),
          "there is no actor {value} in the catalogue[; perhaps {near} is meant]",
          "清单里没有主体“{value}”[；可能是指“{near}”]"},
    Entry{ENTRY(request_unknown_village),
          "{value} is no village of the catalogue[; perhaps {near} is meant]",
          "“{value}”不是清单里的村[；可能是指“{near}”]"},
    Entry{ENTRY(request_matter_invalid),
          "“{value}” is no matter ({reason_kind}); give segments joined by /, none of them "
          "empty, at most 64 of them and 1,024 bytes in all",
          "“{value}”不是合格的事项路径（{reason_kind}）；应为以/分隔的各段，每段不空，最多64段"
          "、共1024字节"},
    Entry{ENTRY(request_date_missing),
          "the request has no date; give a day from 0001-01-01 to 9999-12-31",
          "没有给出日期；应为0001-01-01到9999-12-31之间的一天"},
    Entry{ENTRY(item_conflict),
          "{0} and {1} contradict each other: on {date} both apply to {actor} and “{matter}”[ "
          "in {village}][ ({attributes})], and {0} takes precedence",
          "{0}与{1}相互矛盾：{date}，{actor}[在{village}]办理“{matter}”[（{attributes}）]时两项"
          "同时适用，以{0}为准"},
    Entry{ENTRY(item_exception),
          "{0} is an exception to {1}: on {date} both apply to {actor} and “{matter}”[ in "
          "{village}][ ({attributes})]; the narrower {0} takes precedence",
          "{0}是{1}的例外：{date}，{actor}[在{village}]办理“{matter}”[（{attributes}）]时两项都"
          "适用，以范围较窄的{0}为准"},
    Entry{ENTRY(item_duplicate),
          "{0} and {1} say the same: same list, actor, matter, villages and conditions, both "
          "in force on {date}; keep one of them",
          "{0}与{1}重复：清单类别、主体、事项、适用村和条件都相同，{date}同时有效；请只保留一项"},
    Entry{ENTRY(item_shadowed),
          "{0} never decides anything: wherever it applies, {1} applies too and takes "
          "precedence; withdraw it, or make {1} narrower",
          "{0}不起作用：凡是它适用的地方，{1}都适用且优先；请撤销{0}，或缩小{1}的范围"},
    Entry{ENTRY(item_empty),
          "{id} can never apply: {reason_kind}[ ({from} to {to})][ ({attribute})]; correct it "
          "or withdraw it",
          "{id}永远不会适用：{reason_kind}[（{from}至{to}）][（{attribute}）]；请改正或撤销"},
    Entry{ENTRY(item_without_actor),
          "{id}: nobody acts under it: no actor of {actor} lies in one of its villages, so it "
          "makes no duty",
          "{id}：没有人承担：{actor}中没有一个在其适用的村内，因此不产生任务"},
    Entry{ENTRY(item_without_lead),
          "{id}: nobody leads when {actor} acts on {date}: the post {post} is held by nobody[ "
          "(so with {count} actors in all)]",
          "{id}：{date}由{actor}办理时无人牵头：岗位“{post}”无人担任[（共{count}个主体如此）]"},
    Entry{ENTRY(item_many_leads),
          "{id}: when {actor} acts on {date}, the post {post} is held by several people "
          "({records}), so not exactly one leads",
          "{id}：{date}由{actor}办理时，岗位“{post}”由多人担任（{records}），牵头人不唯一"},
    Entry{ENTRY(item_leads_differ),
          "{0} and {1} name different leads for the same: on {date}, for {actor} and "
          "“{matter}”[ in {village}][ ({attributes})], {lead} and {other_lead}",
          "{0}与{1}对同一事项写了不同的牵头方：{date}，{actor}[在{village}]办理“{matter}”[（{at"
          "tributes}）]时，一为{lead}，一为{other_lead}"},
    Entry{ENTRY(lead_also_assists),
          "{0}: when {actor} acts, {lead} both leads and assists[: {1} holds both posts]",
          "{0}：由{actor}办理时，{lead}既牵头又配合[：两个岗位都由{1}担任]"},
    Entry{ENTRY(power_missing),
          "{id}: {actor} has to act on {date} without the power: {powers} is neither held nor "
          "delegated[ (so with {count} actors in all)]",
          "{id}：{date}由{actor}办理，但缺少权限{powers}，既不享有，也未获委托[（共{count}个主"
          "体如此）]"},
    Entry{ENTRY(delegation_without_power),
          "[{file}:{line}: |{file}: ]{0} lends {1} the power {power}, but has not got it "
          "itself on {date}",
          "[{file}:{line}：|{file}：]{0}把权限“{power}”委托给{1}，但{date}自己并无此权限"},
    Entry{ENTRY(basis_missing),
          "{id} names no legal basis; give the law or the document that it rests on",
          "{id}没有写明法律依据；请写明所依据的法律或文件"},
    Entry{ENTRY(basis_expired),
          "{0} rests on {1}[ ({title})], which is not in force on {date}, while the item is",
          "{0}依据{1}[（{title}）]，但{date}该依据已不在有效期内，事项仍有效"},
    Entry{ENTRY(referral_circle),
          "“{matter}” is sent round in a circle ({records}), and none of these has to deal "
          "with it by its must list",
          "“{matter}”在{records}之间循环转办，其中没有一方的履职清单包含此事"},
    Entry{ENTRY(referral_chain_long),
          "“{matter}” passes through {hops} hands ({records}) before anybody has to deal with "
          "it; at most {most} are allowed",
          "“{matter}”要转办{hops}次（{records}）才可能有人负责；最多{most}次"},
    Entry{ENTRY(covert_rebound),
          "{0} brings back what {1} took off the list: “{matter}” lies at or below its matter, "
          "and {0} is newer",
          "{0}可能是明减暗增：“{matter}”属于{1}已收回或禁止的事项，而{0}是后来新增的"},
    Entry{ENTRY(covert_rebound_title),
          "{0} (“{title}”) may bring back {1} (“{other_title}”) under a near name: the titles "
          "agree to {percent} percent, and {0} is newer",
          "{0}“{title}”可能是{1}“{other_title}”改头换面而来：名称相似度{percent}%，而{0}是后来"
          "新增的"},
    Entry{ENTRY(recurrence_never),
          "{id}: its recurrence {recurrence} never occurs from {from} on; correct it",
          "{id}：周期规则{recurrence}从{from}起一次也不会发生；请改正"},
    Entry{ENTRY(item_not_disclosed),
          "{id} is to be disclosed, but on {date} no disclosure duty of {actor} or above "
          "covers “{matter}”[ (so with {count} actors in all)]",
          "{id}应当公开，但{date}{actor}及其上级都没有涵盖“{matter}”的公开事项[（共{count}个主"
          "体如此）]"},
    Entry{ENTRY(sanction_withholds_due),
          "sanction {1} would withhold “{matter}”, which {0} grants or owes; a sanction may "
          "not withhold what the must or certify list grants",
          "惩戒措施{1}会停办“{matter}”，而{0}规定应当办理；惩戒不得停办履职清单或证明清单上的事"
          "项"},
    Entry{ENTRY(except_pointless),
          "{id}: the exception “{matter}” lies outside of its matter and changes nothing",
          "{id}：例外“{matter}”不在本事项之内，不起作用"},
    // 10: lists, from 10200 on
    Entry{ENTRY(recurrence_too_long),
          "[item {id}: ]the recurrence has {bytes} bytes; give at most {most}",
          "[事项{id}：]重复规则长{bytes}字节；至多{most}字节"},
    Entry{ENTRY(recurrence_without_frequency),
          "[item {id}: ]the recurrence does not say how often; begin with FREQ=DAILY, WEEKLY, "
          "MONTHLY or YEARLY",
          "[事项{id}：]重复规则没有写明频率；请以 FREQ=DAILY（每天）、WEEKLY（每周）、MONTHLY（每月）或 YEARLY（每年）开头"},
    Entry{ENTRY(recurrence_too_frequent),
          "[item {id}: ]{value} repeats within a day; duties repeat by the day at the shortest: "
          "FREQ=DAILY",
          "[事项{id}：]{value} 在一天之内重复；最短按天重复：FREQ=DAILY"},
    Entry{ENTRY(recurrence_part_unknown),
          "[item {id}: ]the recurrence has a part “{part}” that RFC 5545 does not know; leave it "
          "out",
          "[事项{id}：]重复规则中的“{part}”不在 RFC 5545 之列；请删去"},
    Entry{ENTRY(recurrence_part_repeated),
          "[item {id}: ]the recurrence has {part} twice; give each part once",
          "[事项{id}：]重复规则中 {part} 出现两次；每一项只写一次"},
    Entry{ENTRY(recurrence_value_invalid),
          "[item {id}: ]{part}={value} is not a value that RFC 5545 allows there",
          "[事项{id}：]{part}={value} 不是 RFC 5545 允许的取值"},
    Entry{ENTRY(recurrence_parts_conflict),
          "[item {id}: ]parts of the recurrence do not go together[: {part} and {other}|: {part} "
          "needs another BY part beside it]",
          "[事项{id}：]重复规则中的各项不能并用[：{part} 与 {other}|：{part} 须与其他 BY 项同用]"},
    Entry{ENTRY(holiday_date_invalid),
          "holidays (row {row}): this is no date; write YYYY-MM-DD",
          "节假日表（第{row}行）：不是日期；请写成 YYYY-MM-DD"},
    Entry{ENTRY(holiday_kind_unknown),
          "holidays (row {row}): the kind “{value}” is neither off nor work",
          "节假日表（第{row}行）：类别“{value}”既不是 off（放假）也不是 work（上班）"},
    Entry{ENTRY(holiday_contradicted),
          "holidays: rows {first_row} and {row} say both off and work of {date}; keep one of them",
          "节假日表：第{first_row}行与第{row}行对{date}一个写放假、一个写上班；请只留一行"},
    Entry{ENTRY(evidence_date_invalid),
          "evidence (row {row}): this is no date; write YYYY-MM-DD",
          "履职记录（第{row}行）：不是日期；请写成 YYYY-MM-DD"},
    Entry{ENTRY(evidence_in_future),
          "evidence (row {row}): {date} is after the as-of date {as_of}; nothing can be done "
          "already that lies ahead",
          "履职记录（第{row}行）：日期{date}晚于统计截止日{as_of}；尚未到来的事不能算已办"},
    Entry{ENTRY(evidence_unknown_item),
          "evidence (row {row}): the catalogue has no item {id}; use the id of an item",
          "履职记录（第{row}行）：清单里没有编号为{id}的事项；请填清单中的事项编号"},
    Entry{ENTRY(evidence_unknown_actor),
          "evidence (row {row}): the catalogue has no actor {id}, so that {count:row serves/rows serve} no "
          "duty; use the id of an actor",
          "履职记录（第{row}行）：清单里没有编号为{id}的主体，共{count}行不能对应任何事项；请填清单中的主体编号"},
    Entry{ENTRY(duty_without_start),
          "item {id}: it recurs, but neither it nor the catalogue says from when; give "
          "effective_from",
          "事项{id}：有重复规则，但事项和清单都没有写生效日期；请填 effective_from"},
    Entry{ENTRY(duty_windows_too_many),
          "there are {count} windows, more than {most}; ask for an earlier as-of date, or for "
          "rates alone",
          "共有{count}个履职期，超过{most}个；请把统计截止日提前，或只算履职率"},
    Entry{ENTRY(as_of_invalid),
          "the as-of date is not a date from 0001-01-01 to 9999-12-31",
          "统计截止日不是0001-01-01到9999-12-31之间的日期"},
    Entry{ENTRY(metric_unknown_item),
          "metric {0}: the catalogue has no item {1}; use the id of an item",
          "指标{0}：清单里没有编号为{1}的事项；请填清单中的事项编号"},
    Entry{ENTRY(metric_unknown_actor),
          "metric {0}: the catalogue has no actor {1}; use an actor's id or level:NAME",
          "指标{0}：清单里没有编号为{1}的主体；请填主体编号或 level:层级"},
    Entry{ENTRY(metric_counts_nothing),
          "metric {id}: it counts no state, or one that is not in its total; counts must be "
          "among of",
          "指标{id}：没有写计入哪些状态，或所计状态不在总数之内；counts 中的状态都要列在 of 中"},
    Entry{ENTRY(workload_infeasible),
          "{month}: these duties take {hours:hour/hours}, and those who may do them have "
          "{capacity_hours} ({records}); add people or posts, or take duties away",
          "{month}：这些事项共需{hours}小时，而能承担的人员合计只有{capacity_hours}小时（{records}）；请增加人手或岗位，或减少事项"},
    Entry{ENTRY(duty_without_person),
          "item {0}: nobody holds the post that leads it at {1}[ ({post})]; its hours fall on no "
          "one",
          "事项{0}：{1}没有人担任牵头岗位[（{post}）]，这些工时无人承担"},
    Entry{ENTRY(workload_months_invalid),
          "{months:month is/months are} asked for; give 1 to {most}",
          "要求统计{months}个月；应为1到{most}个月"},
    Entry{ENTRY(workload_value_invalid),
          "{option}: {value} is not a number that hours can have; give a finite number of at "
          "least 0",
          "{option}：{value} 不能作为工时；应为大于或等于0的有限数"},
    Entry{ENTRY(workload_without_start),
          "the catalogue has no effective_from, so that no month is the first; say which",
          "清单没有写生效日期（effective_from），无从确定第一个月；请指明"},
    Entry{ENTRY(procedure_too_large),
          "procedure {id}: it has {count} steps or ways, more than {most}; part it",
          "流程{id}：步骤或走向有{count}个，超过{most}个；请拆分"},
    Entry{ENTRY(procedure_step_unreachable),
          "procedure {0}: no way leads to step {1}",
          "流程{0}：走不到步骤{1}"},
    Entry{ENTRY(procedure_without_end),
          "procedure {0}: from step {1} no way leads to an end",
          "流程{0}：从步骤{1}出发走不到结束"},
    Entry{ENTRY(procedure_way_back_unbounded),
          "procedure {0}: the way back from step {1} to {2} may be taken for ever; give step {1} "
          "a loop_max",
          "流程{0}：从步骤{1}退回{2}没有次数限制；请给步骤{1}写 loop_max"},
    Entry{ENTRY(procedure_stuck),
          "procedure {0}: step {1} may wait for ever for what should come from {missing} "
          "(course: {records})",
          "流程{0}：步骤{1}可能一直等不到{missing}（经过：{records}）"},
    Entry{ENTRY(procedure_step_after_end),
          "procedure {0}: it may end at {1} more than once, branches going on after the end "
          "(course: {records})",
          "流程{0}：可能在{1}不止一次结束，结束后仍有分支在办（经过：{records}）"},
    Entry{ENTRY(procedure_step_overlaps),
          "procedure {0}: step {1} may be asked for twice at a time; ways of a parallel split "
          "meet there without a join (course: {records})",
          "流程{0}：步骤{1}可能同时被启动两次；并行的几路在此汇合却没有写 join（经过：{records}）"},
    Entry{ENTRY(procedure_undecided),
          "procedure {id}: more than {states} situations; whether it always ends was not decided",
          "流程{id}：情形超过{states}种；未能判定是否总能结束"},
    Entry{ENTRY(procedure_over_limit),
          "procedure {0}: it may take {workdays:working day/working days}, and the limit is {limit}",
          "流程{0}：最长需{workdays}个工作日，超过期限{limit}个工作日"},
    Entry{ENTRY(procedure_level_falls),
          "procedure {0}: from step {1} it falls to a lower level at {2} and rises again at {3}; "
          "what goes up should not go down before it is settled",
          "流程{0}：从步骤{1}降到下级步骤{2}，又升到{3}；逐级上报的事项在办结前不应退到下级"},
    Entry{ENTRY(procedure_loop_max_unused),
          "procedure {0}: step {1} has a loop_max but no way back",
          "流程{0}：步骤{1}写了 loop_max，但没有退回的走向"},
    Entry{ENTRY(procedure_loop_max_too_large),
          "procedure {0}: step {1} may go back {value:time/times}; give at most {most}",
          "流程{0}：步骤{1}可退回{value}次；至多{most}次"},
    Entry{ENTRY(procedure_join_alone),
          "procedure {0}: step {1} joins, but only one way leads to it",
          "流程{0}：步骤{1}写了 join，但只有一路到达"},
    Entry{ENTRY(procedure_circle_entered_twice),
          "procedure {0}: the circle closed by the way from step {1} to {2} can be entered in "
          "several places; lead every course into it through one step",
          "流程{0}：步骤{1}到{2}构成的循环有多个入口；请让各路都从同一步进入"},
    Entry{ENTRY(case_date_invalid),
          "case {id} (row {row}): this is no date; write YYYY-MM-DD",
          "案件{id}（第{row}行）：不是日期；请写成 YYYY-MM-DD"},
    Entry{ENTRY(case_in_future),
          "case {id} (row {row}): {date} is after the as-of date {as_of}",
          "案件{id}（第{row}行）：日期{date}晚于统计截止日{as_of}"},
    Entry{ENTRY(case_event_unknown),
          "case {id} (row {row}): the event “{value}” is none of opened, referred, accepted, "
          "returned, agreed, solved, closed",
          "案件{id}（第{row}行）：环节“{value}”不在 opened、referred、accepted、returned、agreed、solved、closed 之列"},
    Entry{ENTRY(case_actor_empty),
          "case {id} (row {row}): no actor is given; say who has the case from then on",
          "案件{id}（第{row}行）：没有写主体；请填此后由谁办理"},
    Entry{ENTRY(case_not_opened),
          "case {id}: its first event is not opened; its time counts from that event",
          "案件{id}：第一个环节不是 opened（受案）；时间从该环节起算"},
    Entry{ENTRY(case_after_close),
          "case {id} (row {row}): something happens after it was closed; it counts as opened anew",
          "案件{id}（第{row}行）：结案后仍有环节；按重新受案处理"},
    Entry{ENTRY(case_circle),
          "case {0}: it went round in a circle ({records})",
          "案件{0}：来回转办（{records}）"},
    Entry{ENTRY(case_level_unknown),
          "actor {id}: its level is not known; its days count for no level",
          "主体{id}：不知属于哪一层级；其用时不计入任何层级"},
    Entry{ENTRY(match_amount_invalid),
          "{kind} {id}: the amount {value} is not a whole number from 0 to 1000000000000",
          "{kind}{id}：数量{value}不是0到1000000000000之间的整数"},
    Entry{ENTRY(match_dates_reversed),
          "{kind} {id}: it ends on {to}, not after {from}, when it begins; `to` is the first day "
          "no longer",
          "{kind}{id}：结束日{to}不晚于开始日{from}；to 是不再有效的第一天"},
    Entry{ENTRY(match_kind_empty),
          "{kind} {id}: it does not say of which kind it is",
          "{kind}{id}：没有写类别"},
    Entry{ENTRY(match_too_large),
          "needs and sources make {pairs} possible pairs, more than {most}; match by village or "
          "kind",
          "需求与来源可配成{pairs}对，超过{most}对；请分村或分类匹配"},
    Entry{ENTRY(none_of_the_kind),
          "need {id}: nothing of the kind “{kind_of_need}” is offered ({amount} unmet)",
          "需求{id}：没有“{kind_of_need}”这一类的资源或项目（缺{amount}）"},
    Entry{ENTRY(out_of_place),
          "need {id}: “{kind_of_need}” is offered, but not for {village} ({amount} unmet)",
          "需求{id}：有“{kind_of_need}”类资源或项目，但不面向{village}（缺{amount}）"},
    Entry{ENTRY(out_of_time),
          "need {id}: “{kind_of_need}” is offered for {village}, but not at the time ({amount} "
          "unmet)",
          "需求{id}：{village}有“{kind_of_need}”类资源或项目，但时间不合（缺{amount}）"},
    Entry{ENTRY(too_little),
          "need {id}: there is less of “{kind_of_need}” for {village} than it needs ({amount} "
          "unmet)",
          "需求{id}：面向{village}的“{kind_of_need}”总量少于所需（缺{amount}）"},
    Entry{ENTRY(taken_by_higher_priority),
          "need {id}: what there is of “{kind_of_need}” for {village} went to needs that come "
          "first ({amount} unmet)",
          "需求{id}：面向{village}的“{kind_of_need}”已先用于排在前面的需求（缺{amount}）"},
};
#undef ENTRY

constexpr bool ascending() {
    for (std::size_t i = 1; i < std::size(entries); ++i)
        if (!(entries[i - 1].code < entries[i].code)) return false;
    return true;
}
static_assert(ascending(), "the catalogue is in numeric order, each code once");

const Entry* entry_of(Code code) noexcept {
    const auto* const found = std::lower_bound(
        std::begin(entries), std::end(entries), code,
        [](const Entry& entry, Code wanted) { return entry.code < wanted; });
    return found != std::end(entries) && found->code == code ? found : nullptr;
}

struct TableNames {
    std::string_view table_en, table_zh, kind_en, kind_zh;
};

TableNames names_of(Table table) noexcept {
    switch (table) {
        case Table::households: return {"households", "户表", "household", "户"};
        case Table::links: return {"links", "邻里关系表", "link", "邻里关系"};
        case Table::way_nodes: return {"way nodes", "道路节点表", "way node", "道路节点"};
        case Table::ways: return {"ways", "道路", "way", "道路"};
        case Table::barriers: return {"barriers", "阻隔线", "barrier", "阻隔线"};
        case Table::assignment: return {"assignment", "分配表", "assignment", "分配"};
        case Table::holidays: return {"holidays", "节假日表", "holiday", "节假日"};
        case Table::evidence: return {"evidence", "履职记录", "evidence", "履职记录"};
        case Table::cases: return {"cases", "案件流转记录", "case", "案件"};
        case Table::needs: return {"needs", "需求清单", "need", "需求"};
        case Table::resources: return {"resources", "资源清单", "resource", "资源"};
        case Table::projects: return {"projects", "项目清单", "project", "项目"};
        case Table::persons: return {"persons", "人员表", "person", "人员"};
        case Table::deeds: return {"register", "登记表", "register row", "登记"};
        case Table::exchanges: return {"exchanges", "兑换台账", "exchange", "兑换"};
        case Table::goods: return {"goods", "兑换物品表", "good", "物品"};
        case Table::none: break;
    }
    return {"table", "表", "record", "记录"};
}

/// Records joined; a long list is cut for the reader's sake (the finding still holds them all).
std::string joined(const std::vector<std::string>& records, Language language) {
    constexpr std::size_t shown_max = 20;
    const std::size_t shown = std::min(records.size(), shown_max);
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0) text += language == Language::zh ? "、" : ", ";
        text += records[i];
    }
    if (shown < records.size()) {
        const std::string count = std::to_string(
            language == Language::zh ? records.size() : records.size() - shown);
        text += language == Language::zh ? "等" + count + "项" : " and " + count + " more";
    }
    return text;
}

/// Kinds and types are data in English ("integer", "text"); a Chinese message names them in Chinese.
std::string_view word_in_chinese(std::string_view word) noexcept {
    constexpr std::pair<std::string_view, std::string_view> words[] = {
        {"any", "任意值"},  {"array", "数组"},   {"boolean", "是否值"}, {"date", "日期"},
        {"integer", "整数"}, {"number", "数字"},    {"real", "小数"},     {"table", "表"},
        {"text", "文字"},    {"texts", "文字的数组"}, {"time", "时刻"}, {"title", "名称"},
        {"nothing", "空值"}, {"day", "日"},        {"week", "周"},        {"month", "月"},
        {"quarter", "季度"}, {"year", "年"},       {"all_time", "全期"},  {"person", "人"},
        {"household", "户"}, {"village", "村"},    {"max", "取最高"},     {"first", "取最先"},
        {"empty", "为空"},
        {"too long", "过长"},
        {"not UTF-8", "不是UTF-8"},
        {"control character", "含控制字符"},
        {"outer blank", "首尾有空格"},
        {"reserved character", "含保留字符"},
        {"empty segment", "有空段"},
        {"too deep", "层级过深"},
        {"rulebook", "规则文件"},
        {"rule", "规则"},
        {"group", "规则组"},
        {"too short", "过短"},
        {"no such format", "格式不符"},
        {"damaged", "已损坏"},
        {"contradicts itself", "前后矛盾"},
        {"actor", "主体"},
        {"person", "人员"},
        {"item", "事项"},
        {"procedure", "流程"},
        {"law", "法规依据"},
        {"sanction", "惩戒措施"},
        {"delegation", "委托"},
        {"referral", "转办"},
        {"withdrawal", "撤销"},
        {"layer", "文件"},
        {"head", "清单抬头"},
        {"step", "步骤"},
        {"post", "岗位"},
        {"courtyard", "院落"},
        {"grid", "网格"},
        {"village", "村"},
        {"town", "镇"},
        {"district", "区县"},
        {"it ends before it begins", "结束日不晚于开始日"},
        {"it names no village", "没有适用的村"},
        {"an exception covers its whole matter", "例外涵盖了整个事项"},
        {"a condition that nothing satisfies", "条件无法满足"},
        {"there is no actor of its level", "没有该层级的主体"},
    };
    for (const auto& [english, chinese] : words)
        if (english == word) return chinese;
    return word;
}

/// A witness of lint, `deed = "meeting"; raw = 2`, with the names that are gridgov's in Chinese;
/// names of the town's own columns stay as they are.
std::string witness_in_chinese(std::string_view witness) {
    constexpr std::pair<std::string_view, std::string_view> names[] = {
        {"at_most", "不高于"},      {"balance", "余额"},       {"date", "日期"},
        {"deed", "事项"},           {"effective_from", "生效"}, {"effective_to", "失效"},
        {"evidence", "佐证"},       {"evidence_min", "至少佐证"},
        {"expires_after_months", "有效月数"},
        {"floor", "下限"},          {"from", "自"},            {"given", "实得"},
        {"good", "物品"},           {"group", "规则组"},       {"households", "户数"},
        {"limit", "上限"},          {"most", "最多可得"},      {"period", "周期"},
        {"points", "分值"},         {"price", "所需分"},       {"raw", "应得"},
        {"rule.deed", "规则的事项"}, {"shop", "超市"},          {"to", "至"},
        {"units", "数量"},          {"village", "村"},         {"witness_min", "至少见证人"},
        {"witnesses", "见证人"},    {"yuan", "元"},
    };
    std::string text;
    while (!witness.empty()) {
        std::size_t end = 0;
        for (bool quoted = false; end < witness.size() && (quoted || witness[end] != ';'); ++end) {
            if (witness[end] == '"') quoted = !quoted;
            else if (quoted && witness[end] == '\\') ++end;
        }
        const std::string_view part = witness.substr(0, end);
        const std::size_t equals = std::min(part.find(" = "), part.size());
        std::string_view name = part.substr(0, equals), value = part.substr(equals);
        for (const auto& [english, chinese] : names)
            if (english == name) name = chinese;
        if (!text.empty()) text += "；";
        text += name;
        if (name == "周期" && value.size() > 5) {  // ` = "month"`
            text += " = ";
            value = word_in_chinese(value.substr(4, value.size() - 5));
        }
        text += value;
        witness.remove_prefix(std::min(end + 2, witness.size()));
    }
    return text;
}

/// What fills a blank, or nothing.
std::optional<std::string> filling(std::string_view blank, const Finding& finding,
                                   Language language) {
    const bool zh = language == Language::zh;
    for (const auto& [name, value] : finding.fields)
        if (name == blank) {
            if (zh && blank == "witness") return witness_in_chinese(value);
            return zh && (blank == "type" || blank.ends_with("_type") || blank.ends_with("_kind"))
                       ? std::string(word_in_chinese(value))
                       : value;
        }
    if (blank == "id" || blank == "0") {
        if (!finding.records.empty()) return finding.records.front();
        if (finding.row < 0) return std::nullopt;
        const std::string row = std::to_string(finding.row + 1);
        return zh ? "（第" + row + "行）" : "(row " + row + ")";
    }
    if (blank.size() == 1 && blank[0] >= '1' && blank[0] <= '9') {
        const auto place = static_cast<std::size_t>(blank[0] - '0');
        if (place >= finding.records.size()) return std::nullopt;
        return finding.records[place];
    }
    if (blank == "records") {
        if (finding.records.empty()) return std::nullopt;
        return joined(finding.records, language);
    }
    if (blank == "row") {
        if (finding.row < 0) return std::nullopt;
        return std::to_string(finding.row + 1);
    }
    const TableNames names = names_of(finding.table);
    if (blank == "table") return std::string(zh ? names.table_zh : names.table_en);
    if (blank == "kind") return std::string(zh ? names.kind_zh : names.kind_en);
    return std::nullopt;
}

/// Appends `text` with its blanks filled; whether all of them could be.
bool append_filled(std::string& out, std::string_view text, const Finding& finding,
                   Language language) {
    bool complete = true;
    while (!text.empty()) {
        const std::size_t open = text.find('{');
        out += text.substr(0, open);
        if (open == std::string_view::npos) break;
        const std::size_t close = text.find('}', open);
        const std::string_view blank = text.substr(open + 1, close - open - 1);
        const std::size_t colon = blank.find(':');
        if (const auto value = filling(blank.substr(0, colon), finding, language)) {
            out += *value;
            if (colon != std::string_view::npos) {
                const std::string_view nouns = blank.substr(colon + 1);
                const std::size_t slash = nouns.find('/');
                out += ' ';
                out += *value == "1" ? nouns.substr(0, slash) : nouns.substr(slash + 1);
            }
        } else {
            out += '?';
            complete = false;
        }
        text.remove_prefix(close + 1);
    }
    return complete;
}

/// Appends the first of some alternatives whose blanks can all be filled, if there is one.
void append_first_complete(std::string& out, std::string_view alternatives, const Finding& finding,
                           Language language) {
    while (true) {
        const std::size_t end = alternatives.find('|');
        std::string part;
        if (append_filled(part, alternatives.substr(0, end), finding, language)) {
            out += part;
            return;
        }
        if (end == std::string_view::npos) return;
        alternatives.remove_prefix(end + 1);
    }
}

}  // namespace

std::string_view code_name(Code code) noexcept {
    const Entry* const entry = entry_of(code);
    return entry != nullptr ? entry->name : "unknown";
}

std::vector<Code> all_codes() {
    std::vector<Code> codes;
    codes.reserve(std::size(entries));
    for (const Entry& entry : entries) codes.push_back(entry.code);
    return codes;
}

std::string_view severity_name(Severity severity) noexcept {
    switch (severity) {
        case Severity::note: return "note";
        case Severity::warning: return "warning";
        case Severity::error: break;
    }
    return "error";
}

std::string_view message_template(Code code, Language language) noexcept {
    const Entry* const entry = entry_of(code);
    if (entry == nullptr) return {};
    return language == Language::zh ? entry->zh : entry->en;
}

std::string message(const Finding& finding, Language language) {
    std::string_view text = message_template(finding.code, language);
    if (text.empty())
        return "finding " + std::to_string(static_cast<unsigned>(finding.code));
    std::string out;
    while (!text.empty()) {
        const std::size_t open = text.find('[');
        append_filled(out, text.substr(0, open), finding, language);
        if (open == std::string_view::npos) break;
        const std::size_t close = text.find(']', open);
        append_first_complete(out, text.substr(open + 1, close - open - 1), finding, language);
        text.remove_prefix(close + 1);
    }
    return out;
}

}  // namespace gridgov
