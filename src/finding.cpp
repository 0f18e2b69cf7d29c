// The catalogue of findings: every code's name and its message in English and Chinese.
//
// What a producer fills, code by code. `records` are ids as given, the most telling first; every
// other name is a field. Numbers become text by number_text() (src/number_text.hpp).
// {table}, {kind} and {row} need no field: they come from Finding::table and Finding::row (a field
// of the same name wins). Row numbers in messages count from 1, the header not counted; so does a
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
#include "gridgov/finding.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
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
constexpr std::array entries{
    // 1: the model
    Entry{ENTRY(no_households),
          "the table has no households; give at least one row",
          "户表里一户也没有；请至少填一户"},
    Entry{ENTRY(column_length),
          "{table}: column {column} has {length} entries where {expected} are needed; give every "
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
          "barrier (row {row}): a line of {vertices} vertices; give at least 2",
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
          "{count} links join households of different villages and are left out: a courtyard never "
          "crosses a village",
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
          "{households_outside_largest} households outside the largest]; households of different "
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
          "village {village}: barriers cut {links} links and leave {pieces} pieces that nothing "
          "joins; mark bridges and tunnels where people cross",
          "村“{village}”：阻隔线切断{links}条邻里关系，全村分成互不相连的{pieces}片；能通行处请标为桥梁或隧道"},
    Entry{ENTRY(households_without_neighbour),
          "{count} households have no neighbour: {records}; check their coordinates, the links and "
          "the longest link allowed",
          "有{count}户没有邻居：{records}；请核对坐标、邻里关系和最大连线长度"},

    // 3: the partition
    Entry{ENTRY(village_too_small),
          "village {village} has {households} households[ that weigh {weight}, less than "
          "{weight_min}|, fewer than {min}]",
          "村“{village}”有{households}户[，权重合计{weight}，不足{weight_min}|，少于{min}户]"},
    Entry{ENTRY(component_too_small),
          "village {village}: {households} households that nothing links to the others[ weigh "
          "{weight}, less than {weight_min}| are fewer than {min}][ ({records})]",
          "村“{village}”：有{households}户与其他户不相连[，权重合计{weight}，不足{weight_min}|，少于{min}户][（{records}）]"},
    Entry{ENTRY(component_unsplittable),
          "village {village}: {households} connected households[ that weigh {weight}] cannot be "
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
          "courtyard {courtyard}: none of its {households} households may be head; allow one at least",
          "院落{courtyard}：{households}户中没有一户可以当院长；请至少允许一户"},
    Entry{ENTRY(courtyards_out_of_reach),
          "{wanted} courtyards are out of reach: the sizes allow {least} to {most}; {given} were made",
          "划不出{wanted}个院落：按户数上下限，只能划{least}到{most}个；实际划了{given}个"},
    Entry{ENTRY(grids_out_of_reach),
          "[village {village}: ]{wanted} grids are out of reach: a grid is connected and never crosses "
          "a village; {given} were made",
          "[村“{village}”：]划不出{wanted}个网格：网格内部要相连，且不得跨村；实际划了{given}个"},
    Entry{ENTRY(grid_without_neighbour),
          "grid {grid} of village {village} has {courtyards} courtyards, not {min} to {max}: its "
          "neighbours allow no other division",
          "村“{village}”的网格{grid}有{courtyards}个院落，不在{min}到{max}个之间：受相邻关系所限"},
    Entry{ENTRY(cancelled),
          "stopped before the end: the courtyards are the best until then and may break rules",
          "中途停止：目前的院落是到停止时最好的结果，可能有不合标准的"},
    Entry{ENTRY(courtyards_differ),
          "village {village}: {given} courtyards were made where the target size gives {wanted}",
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
          "the neighbour graph has {nodes} nodes, the town {households} households; build the graph "
          "from the same town",
          "邻里图有{nodes}个点，而共有{households}户；邻里图应由同一份户表生成"},
    Entry{ENTRY(labels_size_mismatch),
          "[{column}: ]{length} entries were given where {expected} are needed; give one for each "
          "household",
          "[{column}：]给了{length}项，应有{expected}项；每户一项"},
    Entry{ENTRY(label_out_of_range),
          "label {label}[ (row {row})] is out of range; give a courtyard number of at least 0",
          "院落号{label}[（第{row}行）]超出范围；应为大于或等于0的整数"},
    Entry{ENTRY(length_out_of_range),
          "{option} is {value}; give a length in metres that is not negative, and above 0 for a limit",
          "{option}是{value}；应为以米计的长度，不得为负，用作上限时应大于0"},
    Entry{ENTRY(edge_out_of_range),
          "edge {u} to {v}: the graph has {nodes} nodes; give nodes from 0 and below that number",
          "边{u}—{v}：图里只有{nodes}个点；点号从0起，应小于{nodes}"},
    Entry{ENTRY(meridian_out_of_range),
          "central meridian {value} is no meridian; give whole degrees from -180 to 180",
          "中央子午线{value}超出范围；应为-180到180的整度数"},
    Entry{ENTRY(medians_out_of_range),
          "{medians} medians cannot be chosen among {nodes} nodes; give at least 1 and at most as many "
          "as there are nodes",
          "无法从{nodes}个点中选出{medians}个中位点；中位点数应至少为1，且不超过点数"},
    Entry{ENTRY(distances_conflict),
          "distances come either from coordinates or from a table; give one of the two",
          "距离要么由坐标算出，要么由距离表给出；请只给其中一种"},
    Entry{ENTRY(column_size_mismatch),
          "{column} has {length} entries where {expected} are needed; give one for each node, or for "
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
          "{households} households in {villages} villages cannot be made up; give 1 ≤ villages ≤ "
          "households ≤ 100000000",
          "无法生成{villages}个村、{households}户；应满足1≤村数≤户数≤100000000"},
};
#undef ENTRY

constexpr bool ascending() {
    for (std::size_t i = 1; i < entries.size(); ++i)
        if (!(entries[i - 1].code < entries[i].code)) return false;
    return true;
}
static_assert(ascending(), "the catalogue is in numeric order, each code once");

const Entry* entry_of(Code code) noexcept {
    const auto* const found = std::lower_bound(
        entries.begin(), entries.end(), code,
        [](const Entry& entry, Code wanted) { return entry.code < wanted; });
    return found != entries.end() && found->code == code ? found : nullptr;
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

/// What fills a blank, or nothing.
std::optional<std::string> filling(std::string_view blank, const Finding& finding,
                                   Language language) {
    for (const auto& [name, value] : finding.fields)
        if (name == blank) return value;
    const bool zh = language == Language::zh;
    if (blank == "id" || blank == "0") {
        if (!finding.records.empty()) return finding.records.front();
        if (finding.row < 0) return std::nullopt;
        const std::string row = std::to_string(finding.row + 1);
        return zh ? "（第" + row + "行）" : "(row " + row + ")";
    }
    if (blank == "1") {
        if (finding.records.size() < 2) return std::nullopt;
        return finding.records[1];
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
        if (const auto value =
                filling(text.substr(open + 1, close - open - 1), finding, language)) {
            out += *value;
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
    codes.reserve(entries.size());
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
