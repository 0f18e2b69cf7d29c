"""What the command line says, in English and Chinese: one catalogue, and the choice of language.

Messages of the library's own findings live with the library (src/finding.cpp, gridgov.errors).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def from_locale(environment: Mapping[str, str] = os.environ) -> Language:
    """The language of the locale: Chinese where it says so, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh" if environment[name].lower().startswith("zh") else "en"
    return "en"


def text(key: str, language: Language, **fields: Any) -> str:
    """The text of a key with its blanks filled."""
    template = MESSAGES[key][LANGUAGES.index(language)]
    return template.format_map(fields) if fields else template


#: key → English, Chinese
MESSAGES: dict[str, tuple[str, str]] = {
    # Files
    "fault.not_found": (
        "there is no such file",
        "没有这个文件",
    ),
    "fault.not_found_near": (
        "there is no such file; did you mean {near}?",
        "没有这个文件；是不是 {near}？",
    ),
    "fault.is_a_directory": (
        "this is a directory; name a file",
        "这是一个文件夹；请给出文件",
    ),
    "fault.unreadable": (
        "cannot be read: {reason}",
        "无法读取：{reason}",
    ),
    "fault.empty_file": (
        "the file is empty; a header of column names and a row each are needed",
        "文件是空的；应有一行列名，以及每项一行",
    ),
    "fault.header_only": (
        "there is a header and nothing below it; give at least one row",
        "只有列名，没有数据；请至少给一行",
    ),
    "fault.no_header": (
        "the first line holds numbers ({cells}), not names of columns; put a header above it",
        "第一行是数字（{cells}），不是列名；请在上面加一行列名",
    ),
    "fault.not_json_at_all": (
        "this is no JSON: {reason}",
        "不是有效的 JSON：{reason}",
    ),
    "fault.nul_byte": (
        "byte {byte} is NUL: this is no text; save the table as CSV in UTF-8",
        "第{byte}个字节是 NUL，这不是文本；请将表另存为 UTF-8 的 CSV",
    ),
    "fault.encoding": (
        "byte {byte} ({value}) is neither UTF-8 nor GB18030; save the table as CSV in UTF-8",
        "第{byte}个字节（{value}）既不是 UTF-8 也不是 GB18030；请将表另存为 UTF-8 的 CSV",
    ),
    "fault.line_too_long": (
        "the line has {length} bytes, more than {most}; this is not a table of a row a line",
        "这一行有{length}个字节，超过{most}；这不是一行一条的表",
    ),
    "fault.unparsable": (
        "cannot be read as a table: {reason}",
        "无法当作表来读：{reason}",
    ),
    # Tables
    "fault.duplicate_column": (
        "{count} columns have the name {name}; give each column a name of its own",
        "有{count}列都叫“{name}”；各列名称要不同",
    ),
    "fault.missing_column": (
        "there is no column {name}; there are: {there}",
        "没有“{name}”一列；现有各列：{there}",
    ),
    "fault.missing_column_near": (
        "there is no column {name}; did you mean {near}? There are: {there}",
        "没有“{name}”一列；是不是“{near}”？现有各列：{there}",
    ),
    "fault.separator": (
        "there is no column {name}, only one column: {there}; separate columns with commas or tabs",
        "没有“{name}”一列，只有一列：{there}；各列之间请用逗号或制表符分隔",
    ),
    "fault.no_coordinates": (
        "there are no coordinates: give columns x_m,y_m (metres) or lon,lat (degrees); "
        "there are: {there}",
        "没有坐标：应有 x_m,y_m（米）或 lon,lat（度）两列；现有各列：{there}",
    ),
    "fault.crs_needs_columns": (
        "{option} {crs} needs the columns {x},{y}; there are: {there}",
        "{option} {crs} 需要 {x},{y} 两列；现有各列：{there}",
    ),
    "fault.ragged_row": (
        "the row has {there} cells where the header has {wanted}; quote cells with separators",
        "这一行有{there}格，而列名有{wanted}个；含分隔符的格要加引号",
    ),
    "fault.open_quote": (
        "a quote opens here and is never closed; close it, or write a quote in a cell as two",
        "此处的引号没有结束；请补上，格内的引号要写成两个",
    ),
    "fault.empty_number": (
        "{name} is empty; give a number",
        "“{name}”为空；请填数字",
    ),
    "fault.not_a_number": (
        "{name} is “{cell}”; give a number",
        "“{name}”是“{cell}”；应为数字",
    ),
    "fault.number_with_comma": (
        "{name} is “{cell}”, with a comma; write {meant}",
        "“{name}”是“{cell}”，含有逗号；应写作 {meant}",
    ),
    "fault.number_not_finite": (
        "{name} is “{cell}”; give a finite number",
        "“{name}”是“{cell}”；应为有限的数",
    ),
    "fault.number_too_large": (
        "{name} is {cell}, which is more than any number here can be; give a smaller one",
        "“{name}”是 {cell}，超出可用的范围；请给小一些的数",
    ),
    "fault.lonlat_out_of_range": (
        "longitude {lon}, latitude {lat} is no place on Earth; longitudes go from -180 to 180, "
        "latitudes from -90 to 90",
        "经度 {lon}、纬度 {lat} 不在地球上；经度应在 -180 到 180 之间，纬度应在 -90 到 90 之间",
    ),
    "fault.lonlat_perhaps_swapped": (
        "longitude {lon}, latitude {lat} is no place on Earth; are they swapped? "
        "Put the longitude in lon and the latitude in lat",
        "经度 {lon}、纬度 {lat} 不在地球上；是不是填反了？lon 填经度，lat 填纬度",
    ),
    # References and layers
    "fault.crs_unknown": (
        "{option}: {given} is no reference that can be used; give one such as EPSG:4326, gcj02, "
        "EPSG:4547, or planar",
        "{option}：“{given}”不是可用的坐标系；可用 EPSG:4326、gcj02、EPSG:4547，或 planar（平面）",
    ),
    "fault.barriers_perhaps_lonlat": (
        "the barriers look like lon,lat while the households have only x_m,y_m; give the "
        "households lon,lat too or --crs, or say --barriers-crs planar",
        "阻隔线像是经纬度，而各户只有 x_m,y_m；请给各户补上 lon,lat 或给出 --crs，"
        "或者注明 --barriers-crs planar",
    ),
    "fault.no_lines": (
        "there is no line and no area in the file that could cut a link",
        "文件中没有可以隔断联系的线或面",
    ),
    "fault.no_geometry": (
        "the file has no geometries",
        "文件中没有图形",
    ),
    "fault.not_json": (
        "not JSON: {reason} at column {column}",
        "不是 JSON：第{column}列，{reason}",
    ),
    "fault.nested_too_deeply": (
        "nested more deeply than any GeoJSON is",
        "嵌套过深，不是 GeoJSON",
    ),
    "fault.not_geojson": (
        "not GeoJSON: found {there}; a FeatureCollection is needed",
        "不是 GeoJSON：内容是 {there}；应为 FeatureCollection",
    ),
    "fault.crs_member": (
        'the "crs" member is {there}; leave it out, or name a reference in it',
        "crs 一项是 {there}；请去掉，或写明坐标系",
    ),
    "fault.not_a_feature": (
        "feature {feature} is no feature: found {there}",
        "第{feature}个要素不是要素：内容是 {there}",
    ),
    "fault.not_a_geometry": (
        "feature {feature}: not a geometry: found {there}",
        "第{feature}个要素：不是图形：内容是 {there}",
    ),
    "fault.collection_too_deep": (
        "feature {feature}: collections are nested more than {most} deep",
        "第{feature}个要素：集合嵌套超过{most}层",
    ),
    "fault.geometry_invalid": (
        "feature {feature}: the {kind} is invalid: {reason}",
        "第{feature}个要素：{kind} 无效：{reason}",
    ),
    "fault.coordinates_wrong": (
        "feature {feature}: found {there} where a pair of finite numbers is needed",
        "第{feature}个要素：应为一对有限的数，实为 {there}",
    ),
    "fault.not_a_point": (
        "feature {feature} is a {kind}; a point a household is needed",
        "第{feature}个要素是 {kind}；应为每户一点",
    ),
    # The output directory
    "fault.out_exists": (
        "{path} is there already; choose another, or replace it whole with --force",
        "{path} 已经存在；请换一个，或用 --force 整个替换",
    ),
    "fault.out_is_file": (
        "{path} is a file; name a directory",
        "{path} 是文件；请给出文件夹",
    ),
    "fault.out_holds": (
        "{path} holds {inner}, which would be lost; choose another directory",
        "{path} 里有 {inner}，替换会丢失它；请换一个文件夹",
    ),
    "fault.out_unwritable": (
        "{path} cannot be written: {reason}",
        "无法写入 {path}：{reason}",
    ),
    # Usage
    "fault.unknown_command": (
        "there is no command {given}; the commands are {known}",
        "没有 {given} 这个命令；可用的有：{known}",
    ),
    "fault.unknown_command_near": (
        "there is no command {given}; did you mean {near}?",
        "没有 {given} 这个命令；是不是 {near}？",
    ),
    "fault.unknown_option": (
        "there is no option {given}; see --help",
        "没有 {given} 这个选项；请看 --help",
    ),
    "fault.unknown_option_near": (
        "there is no option {given}; did you mean {near}?",
        "没有 {given} 这个选项；是不是 {near}？",
    ),
    "fault.missing_argument": (
        "{name} is missing; see --help",
        "缺少 {name}；请看 --help",
    ),
    "fault.missing_command": (
        "a command is missing; the commands are {known}",
        "缺少命令；可用的有：{known}",
    ),
    "fault.option_not_whole": (
        "{name}: “{given}” is no whole number",
        "{name}：“{given}”不是整数",
    ),
    "fault.option_not_number": (
        "{name}: “{given}” is no finite number",
        "{name}：“{given}”不是有限的数",
    ),
    "fault.option_not_choice": (
        "{name}: “{given}” is none of {known}",
        "{name}：“{given}”不在 {known} 之中",
    ),
    "fault.option_not_choice_near": (
        "{name}: “{given}” is none of {known}; did you mean {near}?",
        "{name}：“{given}”不在 {known} 之中；是不是 {near}？",
    ),
    "fault.extra_argument": (
        "there is no place for {given}; see --help",
        "多出了 {given}；请看 --help",
    ),
    "fault.missing_value": (
        "{name} needs a value; see --help",
        "{name} 后面要有值；请看 --help",
    ),
    "fault.option_too_small": (
        "{name}: {given} is too small; give at least {least}",
        "{name}：{given} 太小；至少为 {least}",
    ),
    "fault.option_too_large": (
        "{name}: {given} is too large; give at most {most}",
        "{name}：{given} 太大；至多为 {most}",
    ),
    "fault.usage": (
        "{reason}",
        "{reason}",
    ),
    "fault.links_and_roads": (
        "--links and --roads were both given; neighbours come from one of them",
        "--links 和 --roads 不能同时给出；邻接关系只能取其一",
    ),
    "fault.without": (
        "{given} needs {other}",
        "{given} 需要同时给出 {other}",
    ),
    "fault.algorithm_breaks_rules": (
        "breaks rules for {share} % of the households",
        "使{share}%的户不合规则",
    ),
    "fault.internal": (
        "gridgov failed inside ({kind}: {reason}); please report this, with GRIDGOV_TRACEBACK=1",
        "gridgov 内部出错（{kind}：{reason}）；请报告，并附上 GRIDGOV_TRACEBACK=1 时的输出",
    ),
    "fault.out_of_memory": (
        "there is not enough memory for this input",
        "内存不足，无法处理这些数据",
    ),
    "fault.interrupted": (
        "interrupted; nothing was written",
        "已中断；没有写入任何内容",
    ),
    # What a command says when done
    "say.error": ("error", "错误"),
    "say.warning": ("warning", "警告"),
    "say.note": ("note", "说明"),
    "say.faults": (
        "{count} faults; nothing was written",
        "共有{count}处错误；没有写入任何内容",
    ),
    "say.fault": (
        "1 fault; nothing was written",
        "有 1 处错误；没有写入任何内容",
    ),
    "say.reading": ("reading", "读取"),
    "say.solving": ("forming courtyards", "划分院落"),
    "say.writing": ("writing", "写出"),
    "say.checking": ("checking", "核验"),
    "say.written": ("written to {path}", "已写入 {path}"),
    "say.holds": ("every rule holds", "各项规则全部满足"),
    "say.broken": ("{count} findings break a rule", "有{count}项违反规则"),
    "say.broken_one": ("1 finding breaks a rule", "有 1 项违反规则"),
    "say.more": ("… and {count} more, all in {file}", "……还有{count}项，全部见 {file}"),
    "label.households": ("households", "户数"),
    "label.villages": ("villages", "村数"),
    "label.components": ("components", "连通片数"),
    "label.courtyards": ("courtyards", "院落数"),
    "label.grids": ("grids", "网格数"),
    "label.grid_mean_distance": (
        "mean distance to the grid's centre",
        "到网格中心院落的平均距离",
    ),
    "label.grid_imbalance": (
        "largest grid, of an equal share",
        "最大网格户数与平均之比",
    ),
    "label.size": ("size: least, target, most", "规模：最少、目标、最多"),
    "label.broken": ("courtyards not within", "不合标准的院落"),
    "label.broken_proved": ("of which proved unavoidable", "其中证明不可避免的"),
    "label.mean_distance": ("mean distance to the head", "到院长家的平均距离"),
    "label.max_distance": ("greatest distance to the head", "到院长家的最远距离"),
    "label.bound": ("no division is shorter than", "任何划分的总距离不小于"),
    "label.gap": ("above that bound", "高出下界"),
    "label.not_known": ("not known", "未知"),
    "label.metric": ("distance", "距离"),
    "label.crs": ("plane", "坐标平面"),
    "label.seconds": ("seconds", "用时（秒）"),
    "label.metres": ("{value} m", "{value} 米"),
    "label.straight": ("straight", "直线"),
    "label.walk": ("walk", "步行"),
    "label.findings": ("findings", "发现的问题"),
    "label.seed": ("seed", "随机种子"),
    "label.way_nodes": ("way nodes", "道路节点数"),
    "label.ways": ("ways", "道路段数"),
    "label.barriers": ("barriers", "阻隔线数"),
    "label.algorithm": ("algorithm", "算法"),
    "label.mean_short": ("mean m", "平均（米）"),
    "label.max_short": ("max m", "最远（米）"),
    "label.broken_short": ("broken", "不合标准"),
    "label.disconnected": ("disconnected", "不连通"),
    # Help
    "help.program": (
        "Households into courtyards of 10 to 30 neighbours, each with a head within reach.",
        "把各户划成 10 到 30 户相邻的院落，并为每个院落选出就近的院长。",
    ),
    "help.version": ("Show the version and stop.", "显示版本后结束。"),
    "help.partition": (
        "Partition households into courtyards.",
        "把各户划成院落。",
    ),
    "help.verify": (
        "Check any assignment of households to courtyards, trusting nothing of who made it.",
        "核验任何一份分户到院落的方案，不依赖划分它的程序。",
    ),
    "help.simulate": ("Make data up.", "生成模拟数据。"),
    "help.simulate.township": (
        "Make up a plausible township: households, villages, ways, barriers.",
        "生成一个近似真实的乡镇：农户、村、道路、阻隔线。",
    ),
    "help.compare": (
        "Partition by several algorithms and check each by the same verifier.",
        "用几种算法划分，并以同一核验程序逐一检查。",
    ),
    "help.example": ("Example", "示例"),
    "help.argument.households": (
        "Table of households: id, and x_m,y_m or lon,lat; village if there are several.",
        "农户表：id，以及 x_m,y_m 或 lon,lat；有几个村时还要 village。",
    ),
    "help.argument.assignment": (
        "Table of household_id,courtyard_id; head_household_id and distance_to_head_m are checked "
        "too where they are there.",
        "分户表：household_id,courtyard_id；有 head_household_id、distance_to_head_m 时一并核验。",
    ),
    "help.panel.arguments": ("Arguments", "参数"),
    "help.panel.options": ("Options", "选项"),
    "help.panel.commands": ("Commands", "命令"),
    "help.default": ("[default: {}]", "[默认：{}]"),
    "help.required": ("[required]", "[必填]"),
    "help.panel.rules": ("Rules", "规则"),
    "help.panel.columns": ("Columns of HOUSEHOLDS", "农户表的列"),
    "help.panel.neighbours": ("Neighbours", "邻接"),
    "help.panel.references": ("References of coordinates", "坐标系"),
    "help.panel.township": ("The township", "乡镇"),
    "help.panel.search": ("Search", "求解"),
    "help.panel.output": ("Output", "输出"),
    "help.option.min": ("Least weight of a courtyard.", "一个院落最少的权重（户数）。"),
    "help.option.max": ("Greatest weight of a courtyard.", "一个院落最多的权重（户数）。"),
    "help.option.target": (
        "Weight aimed at, from min to max.",
        "一个院落的目标权重，在最少与最多之间。",
    ),
    "help.option.courtyards": (
        "Courtyards in all, shared out over the components.",
        "院落总数，按连通片分摊。",
    ),
    "help.option.grids": ("Group the courtyards into N grids.", "把院落合成 N 个网格。"),
    "help.option.grid_courtyards": (
        "Or into grids of MIN to MAX courtyards.",
        "或合成每格 MIN 到 MAX 个院落的网格。",
    ),
    "help.option.metric": (
        "Distance to the head: straight, or walk along links or ways.",
        "到院长家的距离：直线，或沿邻接关系、道路步行。",
    ),
    "help.option.group_weight": (
        "Metres that a household split off from its group costs.",
        "一户与本组分开所计的米数。",
    ),
    "help.option.unlocated": (
        "Households without coordinates: refuse them all, or group them with most of their group.",
        "没有坐标的户：refuse 全部退回，group 随本组多数安排。",
    ),
    "help.option.id_column": ("Id of a household.", "户的编号。"),
    "help.option.village_column": (
        "Village, which no courtyard crosses; without it all are one village.",
        "所属村，院落不跨村；没有这一列时全部算一个村。",
    ),
    "help.option.weight_column": (
        "Weight of a household, above 0; without it every household weighs 1.",
        "每户的权重，大于 0；没有时每户为 1。",
    ),
    "help.option.head_column": ("Whether somebody may be head.", "该户能否当院长。"),
    "help.option.pin_column": (
        "Households with the same non-empty value share a courtyard.",
        "该列相同且不空的户在同一院落。",
    ),
    "help.option.group_column": (
        "Natural village or group, kept together where that is cheap.",
        "自然村或组，代价不大时不拆开。",
    ),
    "help.option.links": (
        "Neighbour graph, given: u,v,length_m by household.",
        "给定的邻接关系：u,v,length_m，按户编号。",
    ),
    "help.option.roads": (
        "Ways: NODES id and x_m,y_m or lon,lat; ROADS u,v,length_m.",
        "道路：NODES 为 id 与 x_m,y_m 或 lon,lat；ROADS 为 u,v,length_m。",
    ),
    "help.option.barriers": (
        "Lines that cut links, save where bridge or tunnel says so.",
        "隔断邻接的线；bridge 或 tunnel 为真的除外。",
    ),
    "help.option.max_link_m": ("No link longer than this.", "邻接的最大长度。"),
    "help.option.crs": (
        "Reference of HOUSEHOLDS: EPSG:4326 for lon,lat unless said; gcj02 for points from Chinese "
        "web maps.",
        "农户坐标系：lon,lat 默认为 EPSG:4326；取自国内网络地图的用 gcj02。",
    ),
    "help.option.ways_crs": ("Reference of NODES.", "NODES 的坐标系。"),
    "help.option.barriers_crs": (
        "Reference of the barriers; planar for metres of the households' plane.",
        "阻隔线的坐标系；planar 表示与各户同一平面（米）。",
    ),
    "help.revise": (
        "Bring courtyards up to date: households come and go, and nobody moves whom no rule "
        "forces. PREVIOUS is a directory of results, or any table household_id,courtyard_id.",
        "调整院落：有户迁入迁出，规则没有要求的一律不动。PREVIOUS 为以前的结果文件夹，"
        "或任一张 household_id,courtyard_id 的表（可以是手工划的）。",
    ),
    "help.explain": (
        "Why a household is where it is, and what moving it would break or cost: the price of "
        "a wish.",
        "说明一户为什么在现在的院落，换到别的院落会违反什么、代价多少。",
    ),
    "help.argument.previous": (
        "A directory of results, or a table household_id,courtyard_id.",
        "以前的结果文件夹，或 household_id,courtyard_id 的表。",
    ),
    "help.argument.household": ("Id of the household.", "户的编号。"),
    "help.panel.changes": ("Changes", "变动"),
    "help.panel.wish": ("The wish", "愿望"),
    "help.option.keep": (
        "A household may also move where that saves so many metres for each household moved; "
        "without it only where a rule forces it.",
        "每调整一户能省下这么多米时，也可以调整；不写则只按规则的要求调整。",
    ),
    "help.option.lock": (
        "Courtyards that are left alone: nobody moves out of them or into them.",
        "锁定的院落：不迁出，也不迁入。",
    ),
    "help.option.in": ("A directory of results.", "结果文件夹。"),
    "help.option.to": (
        "The courtyard wished for; without it all around are priced.",
        "想去的院落；不写则列出周围各院落的代价。",
    ),
    "label.kept": ("kept", "未动"),
    "label.moved": ("moved", "调整"),
    "label.moved_lower_bound": ("must move, at least", "至少须调整"),
    "label.entered": ("entered", "新入"),
    "label.left": ("left", "迁出"),
    # Answers of explain
    "wish.joint": ("; ", "；"),
    "wish.comma": (", ", "、"),
    "wish.and_more": ("{listed} and {count} more", "{listed}等，另有{count}户"),
    "wish.place": (
        "household {household} is in courtyard {courtyard}, {metres} m from its head {head}",
        "户{household}在院落{courtyard}，离院长家（户{head}）{metres}米",
    ),
    "wish.place_unknown": (
        "household {household} is in courtyard {courtyard}; its distance to a head is not known",
        "户{household}在院落{courtyard}；到院长家的距离不详",
    ),
    "wish.nearest_own": ("no other head is nearer", "没有更近的院长"),
    "wish.nearest_other": (
        "the head of courtyard {courtyard} is nearer, {metres} m",
        "院落{courtyard}的院长更近，{metres}米",
    ),
    "wish.costs": ("costs {metres} m in all ({sure})", "合计多走{metres}米（{sure}）"),
    "wish.saves": ("saves {metres} m in all ({sure})", "合计少走{metres}米（{sure}）"),
    "wish.proved": ("proved the least", "已证明不能再少"),
    "wish.best_found": ("the least that was found", "目前找到的最少"),
    "wish.slack": (
        "even without this the courtyards around could be {metres} m shorter",
        "即使不作此调整，周围院落本来也能再省{metres}米",
    ),
    "wish.slack_own": (
        "in any case the courtyards around could be {slack} m shorter (moving up to {count} "
        "others); measured against that, the wish costs {own} m",
        "周围院落本来就能再省{slack}米（最多牵动{count}户）；与之相比，这个愿望的代价是{own}米",
    ),
    "wish.moving_fewest": ("moving the fewest", "牵动最少的办法"),
    "wish.others": ("would have to move too ({count}): {who}", "另有{count}户要一起调整：{who}"),
    "wish.nobody_else": ("nobody else would move", "不牵动别的户"),
    "wish.fewest": (
        "or with only {count} more: {who}, for {metres} m",
        "也可以只牵动{count}户：{who}，合计{metres}米",
    ),
    "wish.alone": ("or nobody else, for {metres} m", "也可以不牵动别的户，合计{metres}米"),
    "wish.alone_breaks": ("moving alone would not do: {breaks}", "只调整这一户不行：{breaks}"),
    "wish.impossible": ("cannot be", "办不到"),
    "wish.not_found": ("no way was found", "没有找到办法"),
    "help.option.effort": ("How hard to look.", "求解的力度。"),
    "help.option.seed": ("Seed of the search.", "求解的随机种子。"),
    "help.option.threads": (
        "Threads; 0 is all. The result is the same.",
        "线程数；0 为全部。结果不变。",
    ),
    "help.option.bound": (
        "Also prove how much shorter it could be at most: a lower bound, and certificate.json.",
        "同时证明最多还能缩短多少：给出总距离下界，并写出 certificate.json。",
    ),
    "help.option.certificate": (
        "The certificate of a bound, to be proved anew.",
        "下界的证书，重新核算。",
    ),
    "help.option.out": (
        "Directory for the results, made whole and then put in place.",
        "结果文件夹；全部写好后才放到位。",
    ),
    "help.option.force": (
        "Replace DIR if it is there already.",
        "文件夹已存在时整个替换。",
    ),
    "help.option.json": ("One JSON object on stdout.", "标准输出只有一个 JSON 对象。"),
    "help.option.quiet": ("No summary and no progress.", "不显示摘要与进度。"),
    "help.option.lang": (
        "Language: en or zh; the locale's unless said.",
        "语言：en 或 zh；默认随系统。",
    ),
    "help.option.help": ("Show this and stop.", "显示帮助后结束。"),
    "help.option.algorithms": (
        "Names, separated by commas; all unless said.",
        "算法名称，以逗号分隔；不写则为全部。",
    ),
    "help.option.seconds": (
        "For others' programs that go on improving: how long.",
        "他人程序中可不断改进的，最多运行多久。",
    ),
    "help.option.sim_households": ("Households.", "户数。"),
    "help.option.sim_villages": ("Villages.", "村数。"),
    "help.option.sim_seed": ("Seed.", "随机种子。"),
}
