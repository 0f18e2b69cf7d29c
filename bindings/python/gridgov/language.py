"""What the command line says, in English and Chinese: one catalogue, and the choice of language.

Messages of the library's own findings live with the library (src/finding.cpp, gridgov.errors).
"""

from __future__ import annotations

import errno
import os
import re
import string
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
    return filled(MESSAGES[key][LANGUAGES.index(language)], language, fields)


def counted(number: int | str, one: str, several: str) -> str:
    """A number with its English noun.

    >>> counted(1, "row", "rows"), counted("0.5", "point", "points")
    ('1 row', '0.5 points')
    """
    return f"{number} {one if str(number) in ('1', '-1') else several}"


class _Filling(string.Formatter):
    """`{count:row/rows}` is the number with its noun."""

    def format_field(self, value: Any, spec: str) -> str:
        return (
            counted(value, *spec.split("/"))
            if "/" in spec
            else str(super().format_field(value, spec))
        )


_FILLING = _Filling()


def filled(template: str, language: Language, fields: Mapping[str, Any]) -> str:
    """A template with its blanks filled; the reasons of the system are told in Chinese too."""
    if language == "zh" and "reason" in fields:
        fields = {**fields, "reason": _in_chinese(str(fields["reason"]))}
    return _FILLING.vformat(template, (), fields) if fields else template


#: Why the system refuses to read or write, as it says in English by `os.strerror`.
_SYSTEM = {
    errno.EACCES: "没有权限",
    errno.EBUSY: "正被占用",
    errno.EDQUOT: "超出了可用的磁盘空间",
    errno.EEXIST: "已经存在",
    errno.EFBIG: "文件太大",
    errno.EIO: "磁盘读写出错",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ELOOP: "链接绕成了圈",
    errno.EMFILE: "同时打开的文件太多",
    errno.ENAMETOOLONG: "名称太长",
    errno.ENFILE: "同时打开的文件太多",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.ENOMEM: "内存不足",
    errno.ENOSPC: "磁盘已满",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.EPERM: "不允许这样操作",
    errno.EROFS: "磁盘是只读的",
    errno.ESTALE: "网络磁盘上的文件已失效",
    errno.ETIMEDOUT: "等待超时",
    errno.EXDEV: "不在同一磁盘上",
}


def _in_chinese(reason: str) -> str:
    reason = re.sub(r"^\[Errno \d+\] ", "", reason)
    for number, chinese in _SYSTEM.items():
        reason = reason.replace(os.strerror(number), chinese)
    return reason


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
    "fault.stdout_unwritable": (
        "the output cannot be written: {reason}",
        "无法写出结果：{reason}",
    ),
    "fault.system": (
        "{path}: {reason}",
        "{path}：{reason}",
    ),
    "fault.is_a_device": (
        "this is a device; name a file",
        "这是一个设备；请给出文件",
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
        "the line has {length:byte/bytes}, more than {most}; this is not a table of a row a line",
        "这一行有{length}个字节，超过{most}；这不是一行一条的表",
    ),
    "fault.unparsable": (
        "cannot be read as a table: {reason}",
        "无法当作表来读：{reason}",
    ),
    # Tables
    "fault.duplicate_column": (
        "{count:column has/columns have} the name {name}; give each column a name of its own",
        "有{count}列都叫“{name}”；各列名称要不同",
    ),
    "fault.missing_column": (
        "there is no column {name}; there are: {there}",
        "没有“{name}”一列；现有各列：{there}",
    ),
    "fault.missing_column_option": (
        "there is no column {name}; say which it is by {option}; there are: {there}",
        "没有“{name}”一列；请用 {option} 指明是哪一列；现有各列：{there}",
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
        "the row has {there:cell/cells} where the header has {wanted}; quote cells with separators",
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
    "fault.out_within": (
        "{path} lies within {inner}, which is read; choose another place",
        "{path} 在要读取的文件夹 {inner} 里面；请换一个位置",
    ),
    "fault.out_unwritable": (
        "{path} cannot be written: {reason}",
        "无法写入 {path}：{reason}",
    ),
    # Points
    "fault.no_rule_files": (
        "there is no rule file (.toml or .json) in this directory",
        "这个文件夹里没有规则文件（.toml 或 .json）",
    ),
    "fault.rules_not_utf8": (
        "byte {byte} is not UTF-8; save the rules as UTF-8",
        "第{byte}个字节不是 UTF-8；请将规则文件另存为 UTF-8",
    ),
    "fault.not_points_results": (
        "this holds no results of points ({reason} cannot be read); give a directory that "
        "“gridgov points settle” wrote",
        "这里没有积分结算结果（读不到 {reason}）；请给出 gridgov points settle 写出的文件夹",
    ),
    "fault.ledger_not_the_state_s": (
        "the ledger ends with posting {ledger}, the state with {state}, or their hashes differ: "
        "one of the two was changed; give the directory as it was written",
        "流水账止于第{ledger}笔，结算状态止于第{state}笔，或两者的校验值不同，说明其中之一被改动过；"
        "请给出原样的结果文件夹",
    ),
    "fault.household_not_there": (
        "there is no household {household} in these results",
        "结算结果中没有户“{household}”",
    ),
    "fault.household_not_there_near": (
        "there is no household {household} in these results; did you mean {near}?",
        "结算结果中没有户“{household}”；是不是“{near}”？",
    ),
    "fault.name_missing": (
        "{name}: “{given}” has no name or no value; write {name} NAME=VALUE",
        "{name}：“{given}”缺少名称或内容；请写成 {name} 名称=内容",
    ),
    "fault.name_twice": (
        "{name}: the name {given} is given twice; give each a name of its own",
        "{name}：名称“{given}”给了两次；请各取一个名称",
    ),
    "fault.given_twice": (
        "{name}: {given} is the second for the same registers; give one",
        "{name}：{given} 与前面给的重复；同一份登记只能给一个",
    ),
    "fault.register_lacks": (
        "the register {given} has no {name}; give {name} for it or for all",
        "登记“{given}”没有 {name}；请单独给出，或给出各份共用的",
    ),
    "fault.register_unknown": (
        "{name}: there is no register {given}; the registers are {known}",
        "{name}：没有名为“{given}”的登记；已有 {known}",
    ),
    "fault.register_unknown_near": (
        "{name}: there is no register {given}; did you mean {near}?",
        "{name}：没有名为“{given}”的登记；是不是“{near}”？",
    ),
    "fault.rules_not_as_settled": (
        "this is not the rule file that was settled under (manifest.json has another SHA-256); put "
        "it back as it was written, or settle anew",
        "这不是结算时所用的规则文件（与 manifest.json 中的校验值不符）；请恢复原样，或重新结算",
    ),
    "fault.result_cell_changed": (
        "{column} is “{given}” where state.bin has “{wanted}”; put the file back as it was written",
        "“{column}”是“{given}”，而结算状态 state.bin 中是“{wanted}”；请恢复原来的文件",
    ),
    "fault.result_row_missing": (
        "the row is missing; put the file back as it was written",
        "缺少这一行；请恢复原来的文件",
    ),
    "fault.result_row_added": (
        "state.bin has no such row, or has it once; put the file back as it was written",
        "结算状态 state.bin 中没有这一行，或只有一行；请恢复原来的文件",
    ),
    "fault.result_column_missing": (
        "the column {column} is missing; put the file back as it was written",
        "缺少“{column}”一列；请恢复原来的文件",
    ),
    "fault.balance_not_the_ledger_s": (
        "{column} is {given}, the ledger's postings add up to {wanted}",
        "“{column}”是 {given}，而流水账各笔合计是 {wanted}",
    ),
    "points.say.settling": ("settling", "结算"),
    "points.say.settling_old": ("settling under the old rules", "按旧规则结算"),
    "points.say.settling_new": ("settling under the new rules", "按新规则结算"),
    "points.say.linted": (
        "{count:finding/findings} in {rulebooks:rulebook/rulebooks}",
        "{rulebooks}份规则，发现{count}处问题",
    ),
    "points.label.as_of": ("as of", "结算日"),
    "points.label.register_rows": ("register rows", "登记条数"),
    "points.label.entries_posted": ("entries posted", "已入账"),
    "points.label.entries_pending": ("entries pending", "待入账"),
    "points.label.entries_error": ("entries in error", "规则冲突"),
    "points.label.exchanges_accepted": ("exchanges accepted", "兑换成功"),
    "points.label.exchanges_refused": ("exchanges refused", "兑换未成"),
    "points.label.issued": ("points issued", "发放积分"),
    "points.label.held": ("held by households", "各户结存"),
    "points.label.deducted": ("deducted", "扣减"),
    "points.label.redeemed": ("redeemed", "已兑换"),
    "points.label.expired": ("expired", "到期作废"),
    "points.label.forfeited": ("forfeited", "年终清零"),
    "points.label.pending": ("pending", "待入账积分"),
    "points.label.ledger": ("ledger", "账目"),
    "points.label.conserved": ("adds up", "收支相符"),
    "points.label.not_conserved": ("does not add up", "收支不符"),
    "points.label.liability_yuan": ("liability, yuan", "待兑付（元）"),
    "points.label.budget_yuan": ("budget a year, yuan", "年度预算（元）"),
    "points.label.gaining": ("households that gain", "增加的户"),
    "points.label.losing": ("households that lose", "减少的户"),
    "points.label.unchanged": ("households as before", "不变的户"),
    "points.label.sum": ("sums", "合计"),
    "points.label.before": ("before", "原来"),
    "points.label.after": ("after", "之后"),
    "points.label.change": ("change", "变化"),
    "points.label.rules_part": ("caused by the rules", "规则变化带来"),
    "points.label.people_part": ("caused by what people did", "大家所做的事带来"),
    "points.label.points_by_rulebooks": ("earned less deducted", "得分减扣分"),
    "points.label.postings": ("postings", "流水笔数"),
    "points.label.hash": ("last hash", "末笔校验值"),
    "points.label.files": ("files", "核对的文件"),
    "points.label.verified": ("results", "核验结果"),
    "points.label.as_written": (
        "as written: chain whole, sums agree",
        "原样未动：账目连贯，收支相符",
    ),
    "points.label.changed": ("changed", "被改动过"),
    "points.label.rule": ("rule", "规则"),
    "points.label.household": ("household", "户"),
    "points.label.rank": ("rank", "名次"),
    "points.label.balance": ("balance", "结存"),
    "points.label.list": ("list", "榜"),
    "points.label.reason": ("for", "事由"),
    "points.label.until": ("until", "下榜日"),
    "points.board.ranking": ("Ranking of {village}", "{village}积分排名"),
    "points.board.red": ("red", "红榜"),
    "points.board.thresholds": (
        "Thresholds ({rulebook}): red, {red}; black, {black}.",
        "上榜标准（{rulebook}）：红榜{red}；黑榜{black}。",
    ),
    "points.board.no_rulebook": (
        "No rulebook is in force, so nobody is on a list.",
        "当天没有有效的规则，不设红黑榜。",
    ),
    "points.board.red_top": ("the first {top}", "取前{top}名"),
    "points.board.red_at_least": ("at least {points} points", "结存不低于{points}分"),
    "points.board.and": (" with ", "且"),
    "points.board.or": (", or ", "，或"),
    "points.board.nobody": ("nobody", "不设"),
    "points.board.black_at_most": (
        "a balance of at most {points} points",
        "结存不高于{points}分",
    ),
    "points.board.black_mend": (
        "a deduction with a term to mend, until mended or the term ends",
        "有限期整改的扣分（整改完成或期满下榜）",
    ),
    "points.board.ties": (
        "The same balance is the same rank. All tied with the last red place are red; a household "
        "with a veto is not and takes no place.",
        "结存相同的名次并列。与红榜最后一名结存相同的都上红榜；被一票否决的不上红榜，也不占名额。",
    ),
    "points.board.vetoed": ("not red this year ({register_no})", "一票否决（{register_no}）"),
    "points.board.black": ("Black list", "黑榜"),
    "points.board.until_it_rises": ("until the balance rises", "结存回升后下榜"),
    "points.statement.head": (
        "household {household}, {village}: {balance:point/points} on {as_of}",
        "{village}户{household}：{as_of}结存{balance}分",
    ),
    "points.statement.lots": ("            by lots: {lots}", "            对应的分：{lots}"),
    "points.statement.lot": ("{lot} {points}", "{lot} {points}分"),
    "points.statement.comma": (", ", "、"),
    "points.statement.quiet": ("Without effect on the balance:", "未影响结存的登记："),
    "points.statement.pending": ("pending: {points:point/points}", "待入账：{points}分"),
    "points.note.owed": (
        "{points:point is/points are} still owed for {source}, taken from later awards",
        "{source}尚欠{points}分，从以后所得中扣除",
    ),
    "points.note.overdrawn": (
        "{points:point is/points are} overdrawn for {source}",
        "{source}透支{points}分",
    ),
    "points.note.frozen": (
        "no exchange up to and including {until} ({source})",
        "{until}及以前暂停兑换（{source}）",
    ),
    "points.note.frozen_for_ever": ("no exchange any more ({source})", "不再兑换（{source}）"),
    "points.kind.opening": ("opening points", "基础分"),
    "points.kind.expiry": ("expired", "到期作废"),
    "points.kind.forfeit": ("cleared at the year's end", "年终清零"),
    "points.line.opening_of": ("opening of {year}", "{year}年基础分"),
    "points.status.posted": ("posted", "已入账"),
    "points.status.pending": ("pending", "待入账"),
    "points.status.rejected": ("rejected", "未通过"),
    "points.status.no_match": ("no rule", "无对应规则"),
    "points.status.error": ("error", "规则冲突"),
    "points.status.reversed": ("reversed", "已冲销"),
    "help.points": (
        "Village points: rulebooks, passbooks, exchange, a ledger that adds up.",
        "村级积分：规则、存折、兑换和收支相符的流水账。",
    ),
    "help.points.lint": (
        "What is wrong or pointless in rulebooks, each with a witness.",
        "检查积分规则中的错误和无用之处，并各举一例。",
    ),
    "help.points.settle": (
        "Settle a register of deeds: what each row gave and why, what each household holds.",
        "按登记表结算积分：每条得多少分、为什么，各户结存多少。",
    ),
    "help.points.compare": (
        "The same register under two rulebooks: who gains, who loses, by which rule.",
        "同一登记表按新旧两套规则结算：哪些户增加、哪些户减少、因哪条规则。",
    ),
    "help.points.decompose": (
        "Several rulebooks against several registers: what the rules cause, what people do.",
        "多套规则与多份登记逐一结算：变化中哪些出自规则，哪些出自大家做的事。",
    ),
    "help.points.verify": (
        "Prove results anew: the ledger's chain, its sums, and that no file was changed.",
        "重新核验结算结果：流水账是否连贯、收支是否相符、文件有没有被改动。",
    ),
    "help.points.statement": (
        "A household's passbook, each line with its reason.",
        "一户的积分存折，每笔都写明事由。",
    ),
    "help.points.board": (
        "Ranking, red and black board; names masked unless said otherwise.",
        "积分排名和红黑榜；除非另行指定，姓名和证件号都作遮盖。",
    ),
    "help.argument.rules": (
        "Rulebooks: .toml or .json files, or directories of such.",
        "积分规则：.toml 或 .json 文件，或其文件夹。",
    ),
    "help.argument.points.compare.old": (
        "The rulebooks as they are: a file or a directory.",
        "现行规则：文件或文件夹。",
    ),
    "help.argument.points.compare.new": (
        "The rulebooks as they might be: a file or a directory.",
        "拟改的规则：文件或文件夹。",
    ),
    "help.option.named_rules": (
        "Sets of rulebooks, each with a name: a file or a directory. From the first to the last.",
        "各套规则，各有名称：文件或文件夹。从第一套比到最后一套。",
    ),
    "help.option.named_register": (
        "Registers of deeds, each with a name. From the first to the last.",
        "各份登记表，各有名称。从第一份比到最后一份。",
    ),
    "help.option.named_households": (
        "Households; with a register's NAME= for that one, else for all.",
        "农户表；写明登记的名称则只用于该份，不写则各份共用。",
    ),
    "help.option.named_persons": ("Persons, likewise.", "人员表，写法同上。"),
    "help.option.named_exchanges": ("Exchanges, likewise.", "兑换台账，写法同上。"),
    "help.option.named_goods": ("Goods, likewise.", "商品表，写法同上。"),
    "help.option.named_as_of": (
        "The day that a register is settled to, likewise: YYYY-MM-DD.",
        "结算到哪一天，写法同上：YYYY-MM-DD。",
    ),
    "help.panel.tables": ("Tables", "数据表"),
    "help.option.points_households": (
        "Households: household_id (or id), village, others that rules name.",
        "农户表：household_id（或 id）、village，以及规则用到的其他列。",
    ),
    "help.option.points_persons": (
        "Persons: person_id, household_id, dated attributes with valid_from, valid_to.",
        "人员表：person_id、household_id，以及按 valid_from、valid_to 生效的各项情况。",
    ),
    "help.option.points_register": (
        "Register of deeds: register_no, date, household_id, deed, stage, and others.",
        "好人好事登记表：register_no、date、household_id、deed、stage 等列。",
    ),
    "help.option.points_exchanges": (
        "Exchanges: exchange_no, date, household_id, good, quantity, shop, returns.",
        "兑换台账：exchange_no、date、household_id、good、quantity、shop、returns。",
    ),
    "help.option.points_goods": (
        "Goods: good, title, points, stock, shop, effective_from, yuan.",
        "商品表：good、title、points、stock、shop、effective_from、yuan。",
    ),
    "help.option.previous": (
        "Results to go on from: their ledger is proved, kept unchanged and continued.",
        "接着哪次结果结算：先核验其流水账，原样保留，再往后续记。",
    ),
    "help.option.skip_faulty_villages": (
        "Leave out villages with faults, whole, and list them.",
        "数据有误的村整村跳过并列出，其他村照常结算。",
    ),
    "help.option.unmasked": (
        "Show names and personal numbers as they are.",
        "不遮盖姓名和证件号码。",
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
        "{name} needs a value: {name} {usage}; see --help",
        "{name} 后面要有值：{name} {usage}；请看 --help",
    ),
    "fault.value_for_flag": (
        "{name} takes no value, but {given} was given; write {name} alone",
        "{name} 后面不带值，却给了 {given}；只写 {name} 即可",
    ),
    "fault.argument_not_text": (
        "{given} is no text in UTF-8; set the terminal to UTF-8",
        "{given} 不是 UTF-8 编码的文字；请把终端的编码设为 UTF-8",
    ),
    "fault.empty_argument": (
        "an argument is empty; perhaps a variable of the shell is not set",
        "有一个参数是空的；可能是脚本里的变量没有赋值",
    ),
    "fault.option_before_command": (
        "{given} belongs after the command: gridgov COMMAND … {given}",
        "{given} 要写在命令后面：gridgov 命令 … {given}",
    ),
    "fault.shell_unknown": (
        "there is no completion for the shell {given}; name yours: "
        "gridgov --install-completion bash (or zsh, fish, powershell)",
        "没有适用于 {given} 的补全；请写明命令行环境："
        "gridgov --install-completion bash（或 zsh、fish、powershell）",
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
    # Lists
    "fault.no_catalogue_in": (
        "there is no catalogue in this directory ({suffixes})",
        "这个文件夹里没有清单文件（{suffixes}）",
    ),
    "fault.option_not_pair": (
        "{name}: “{given}” is no NAME=VALUE",
        "{name}：“{given}”不是“名称=取值”的形式",
    ),
    "fault.option_not_date": (
        "{name}: “{given}” is no date; write YYYY-MM-DD",
        "{name}：“{given}”不是日期；请写成 YYYY-MM-DD",
    ),
    "fault.flow_suffix": (
        "{path}: a flow chart is drawn as .svg or written as .mmd; name such a file",
        "{path}：流程图只能输出为 .svg 或 .mmd；请给出这样的文件名",
    ),
    # What a command says when done
    "say.completion_installed": (
        "completion for {shell} was written to {path}; open a new terminal to use it",
        "{shell} 的补全已写入 {path}；新开一个终端窗口后生效",
    ),
    "say.error": ("error", "错误"),
    "say.warning": ("warning", "警告"),
    "say.note": ("note", "说明"),
    "say.faults": (
        "{count} faults; nothing was written",
        "共有{count}处错误；没有写入任何内容",
    ),
    "say.reading": ("reading", "读取"),
    "say.solving": ("forming courtyards", "划分院落"),
    "say.writing": ("writing", "写出"),
    "say.checking": ("checking", "核验"),
    "say.written": ("written to {path}", "已写入 {path}"),
    "say.holds": ("every rule holds", "各项规则全部满足"),
    "say.broken": (
        "{count:finding breaks/findings break} a rule",
        "有{count}项违反规则",
    ),
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
    # Lists: what a command says
    "say.lists_more": (
        "… and {count} more; --json or --out has them all",
        "……还有{count}人，全部见 --json 或 --out 的结果",
    ),
    "label.lists.negative": ("negative", "工作负面"),
    "label.lists.reclaimed": ("reclaimed", "上级收回"),
    "label.lists.must": ("must", "依法履行"),
    "label.lists.assist": ("assist", "协助配合"),
    "label.lists.certify": ("certify", "出具证明"),
    "label.lists.items": ("items", "事项数"),
    "label.lists.actors": ("actors", "主体数"),
    "label.lists.errors": ("errors", "错误"),
    "label.lists.warnings": ("warnings", "警告"),
    "label.lists.notes": ("notes", "说明"),
    "label.lists.as_of": ("as of", "统计截止日"),
    "label.lists.windows": ("windows", "履职期数"),
    "label.lists.pending": ("pending", "未到期"),
    "label.lists.met": ("met", "按时完成"),
    "label.lists.late": ("late", "逾期完成"),
    "label.lists.missed": ("missed", "逾期未办"),
    "label.lists.waived": ("waived", "免办"),
    "label.lists.none": ("none", "不适用"),
    "label.lists.rate": ("met, of those judged", "按时完成率"),
    "label.lists.unused_evidence": ("evidence that serves nothing", "未起作用的记录"),
    "label.lists.person": ("person", "人员"),
    "label.lists.posts": ("posts", "岗位数"),
    "label.lists.hours_mean": ("hours a month", "月均工时"),
    "label.lists.hours_max": ("most (month)", "最多（月份）"),
    "label.lists.capacity": ("capacity", "每月可用"),
    "label.lists.share": ("of capacity", "占可用"),
    "label.lists.months_fit": ("months in which all fits", "排得开的月份"),
    "label.lists.overloaded": ("persons overloaded", "超负荷人数"),
    "label.lists.procedure": ("procedure", "流程"),
    "label.lists.sound": ("sound", "合理"),
    "label.lists.True": ("yes", "是"),
    "label.lists.False": ("no", "否"),
    "label.lists.workdays_max": ("working days at most", "最长（工作日）"),
    "label.lists.limit_workdays": ("limit", "期限（工作日）"),
    "label.lists.longest_course": ("longest course", "最长的走法"),
    "label.lists.cases": ("cases", "案件数"),
    "label.lists.open": ("open", "未办结"),
    "label.lists.ended": ("ended", "已办结"),
    "label.lists.with_circles": ("went in circles", "来回流转"),
    "label.lists.hops_mean": ("hands passed through, mean", "平均流转次数"),
    "label.lists.hops_max": ("hands passed through, most", "最多流转次数"),
    "label.lists.solved_at": ("solved at", "解决层级"),
    "label.lists.days_at": ("days at", "各级停留天数"),
    "label.lists.month": ("within a month", "一个月内办结"),
    "label.lists.confirmation": ("30 days for confirmation", "30日内申请司法确认"),
    "label.lists.courtyard": ("courtyard", "院落"),
    "label.lists.grid": ("grid", "网格"),
    "label.lists.village": ("village", "村"),
    "label.lists.town": ("town", "镇"),
    "label.lists.district": ("district", "区县"),
    "label.lists.unknown": ("unknown", "层级不明"),
    "label.lists.matches": ("matches", "匹配数"),
    "label.lists.amount_met": ("amount met", "已满足数量"),
    "label.lists.unmet": ("needs unmet", "未满足的需求"),
    "label.lists.amount_unmet": ("amount unmet", "未满足数量"),
    # Help
    "help.program": (
        "Courtyards of 10 to 30 neighbours, each with a head within reach; points; lists.",
        "把各户划成 10 到 30 户相邻的院落，并为每个院落选出就近的院长；村级积分；事项清单。",
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
    "help.usage": ("Usage", "用法"),
    "help.colon": (":", "："),  # after a heading
    "help.usage.options": ("[OPTIONS]", "[选项]"),
    "help.usage.command": ("COMMAND", "命令"),
    "help.more": (
        "“gridgov COMMAND --help” tells the options of a command.",
        "各命令的选项见“gridgov 命令 --help”。",
    ),
    "help.doctor": (
        "Show versions, and which optional parts are missing, what for, and how to install them.",
        "查看版本，以及缺少哪些可选组件、各有什么用、怎样安装。",
    ),
    "help.install_completion": (
        "Set up completion by TAB for this shell, and stop.",
        "为当前的命令行环境装上 TAB 补全后结束。",
    ),
    "help.show_completion": (
        "Show the script that completes by TAB, and stop.",
        "显示 TAB 补全的脚本后结束。",
    ),
    "help.panel.arguments": ("Arguments", "参数"),
    "help.panel.options": ("Options", "选项"),
    "help.panel.commands": ("Commands", "命令"),
    "help.default": ("[default: {value}]", "[默认：{value}]"),
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
    # report
    "help.report": (
        "Join courtyards, points and lists by village into one page of HTML that prints well: "
        "directories of results in, in any order.",
        "把院落、积分、清单按村汇总成一份报告（HTML，可打印）：给出各命令的结果文件夹，次序不限。",
    ),
    "help.argument.dir": (
        "Directories that partition, revise, points settle, lists duties, lists workload or "
        "lists audit wrote.",
        "partition、revise、points settle、lists duties、lists workload、lists audit "
        "写出的结果文件夹。",
    ),
    "help.option.report_out": ("The report: one HTML file.", "报告文件（HTML）。"),
    "help.option.report_force": (
        "Replace FILE if it is there already.",
        "文件已存在时替换。",
    ),
    "help.option.report_catalogue": (
        "The catalogue's files, for titles, posts and referrals, and to find the villages of lists "
        "by their titles; may be given again.",
        "清单文件：用来显示名称、岗位和转办关系，并按名称对应各村；可多次给出。",
    ),
    "label.report.as_of": ("as of", "截止日"),
    "label.report.courtyards": ("partitions", "院落划分"),
    "label.report.points": ("settlements", "积分结算"),
    "label.report.duties": ("duties", "履职核对"),
    "label.report.workload": ("workloads", "工时核算"),
    "label.report.audit": ("audits", "清单检查"),
    "label.report.findings": ("findings", "提示"),
    # doctor
    "label.doctor.gridgov": ("gridgov", "gridgov 版本"),
    "label.doctor.python": ("Python", "Python 版本"),
    "label.doctor.system": ("system", "系统"),
    "label.doctor.processors": ("processors", "处理器"),
    "label.doctor.language": ("language", "语言（language）"),
    "label.doctor.encoding": ("encoding", "编码"),
    "doctor.missing": ("missing", "未安装"),
    "doctor.name.chinese_font": ("Chinese font", "中文字体"),
    "doctor.purpose.needed": ("gridgov does not work without it", "缺了它 gridgov 无法使用"),
    "doctor.purpose.graphviz": (
        "draws flow charts as .svg (gridgov lists flow)",
        "绘制 .svg 流程图（gridgov lists flow）",
    ),
    "doctor.purpose.chinese_font": (
        "Chinese names on maps and charts",
        "在地图和图表上显示中文",
    ),
    "doctor.purpose.networkx": ("takes graphs as links, in Python", "在 Python 中用图作邻里关系"),
    "doctor.purpose.libpysal": (
        "takes spatial weights as links, in Python",
        "在 Python 中用空间权重作邻里关系",
    ),
    "doctor.purpose.dask": ("many villages on several machines", "多台机器分村计算"),
    "doctor.purpose.distributed": (
        "runs Dask's workers (gridgov.distributed)",
        "运行 Dask 的各个进程（gridgov.distributed）",
    ),
    "doctor.purpose.pyspark": ("many villages on a Spark cluster", "在 Spark 集群上分村计算"),
    "doctor.purpose.java": ("runs Spark (pyspark)", "运行 Spark（pyspark）"),
    "doctor.install": (
        "{name} is missing ({purpose}): {install}",
        "未安装{name}（{purpose}）：{install}",
    ),
    "doctor.well": ("all that gridgov needs is here", "gridgov 所需的都已齐备"),
    "doctor.unwell": (
        "parts that gridgov needs are missing",
        "缺少 gridgov 必需的组件",
    ),
    "label.kept": ("kept", "未动"),
    "label.moved": ("moved", "调整"),
    "label.moved_lower_bound": ("must move, at least", "至少须调整"),
    "label.entered": ("entered", "新入"),
    "label.left": ("left", "迁出"),
    # Lists: help
    "help.lists": (
        "Lists: who must do what, who must not be asked, what is overdue, who is overloaded.",
        "事项清单：谁该办什么、不该要求什么、什么逾期、谁负担过重。",
    ),
    "help.lists.audit": (
        "Find what is wrong with a catalogue as a whole: contradictions, gaps, circles, rebounds.",
        "检查整份清单：相互矛盾、无人牵头、缺少权限、循环转办、明减暗增等。",
    ),
    "help.lists.decide": (
        "Say whether something may be asked or issued, and by which item.",
        "判断一件事该不该办、证明能不能开，并指出依据哪一项。",
    ),
    "help.lists.diff": (
        "Compare two catalogues: who carries more, who less, what moved.",
        "比较两份清单：谁加重、谁减轻、什么换了主体。",
    ),
    "help.lists.duties": (
        "Hold recurring duties against the evidence: met, late, missed; and the rates.",
        "按履职记录核对周期性事项：按时、逾期、未办，并计算完成率。",
    ),
    "help.lists.workload": (
        "Hold hours against capacity by person and post.",
        "按人员和岗位核算工时与承受能力。",
    ),
    "help.lists.flow": (
        "Check a procedure and draw its flow chart.",
        "检查一个流程并画出流程图。",
    ),
    "help.lists.cases": (
        "Go through a log of cases: circles, hops, time at each level, deadlines.",
        "梳理办件记录：来回流转、流转次数、各级停留时间、期限。",
    ),
    "help.lists.match": (
        "Match needs with resources and projects, and say why a need is unmet.",
        "把需求与资源、项目对接，并说明未满足的原因。",
    ),
    "help.argument.catalogue": (
        "TOML or JSON files, the most general first; a directory stands for its files by name.",
        "清单文件（TOML 或 JSON），从最上级的开始；给文件夹则按文件名依次读取。",
    ),
    "help.argument.procedure": ("Id of the procedure.", "流程的编号。"),
    "help.argument.old": (
        "The earlier catalogue: a file or a directory.",
        "原清单：文件或文件夹。",
    ),
    "help.argument.new": ("The later catalogue: a file or a directory.", "新清单：文件或文件夹。"),
    "help.argument.log": (
        "Table case_id,date,actor,event,kind,note.",
        "办件记录表：case_id,date,actor,event,kind,note。",
    ),
    "help.argument.needs": (
        "Table need,kind,amount,village,priority,from,to.",
        "需求表：need,kind,amount,village,priority,from,to。",
    ),
    "help.argument.resources": (
        "Table id,kind,amount,villages,from,to.",
        "资源表：id,kind,amount,villages,from,to。",
    ),
    "help.argument.projects": (
        "Table id,kind,amount,villages,from,to.",
        "项目表：id,kind,amount,villages,from,to。",
    ),
    "help.panel.request": ("The request", "所问事项"),
    "help.panel.record": ("What happened", "记录"),
    "help.panel.audit": ("What counts as too much", "判断标准"),
    "help.panel.workload": ("Hours", "工时"),
    "help.option.actor": ("Of whom it is asked: an actor's id.", "要求谁办：主体编号。"),
    "help.option.matter": (
        "What is asked: a path such as civil-affairs/low-income.",
        "什么事：事项路径，如 民政/低保。",
    ),
    "help.option.date": ("On which day: YYYY-MM-DD.", "哪一天：YYYY-MM-DD。"),
    "help.option.village": (
        "In which village; the actor's own unless said.",
        "在哪个村；不写则为主体所在的村。",
    ),
    "help.option.attribute": (
        "Attributes that conditions ask for: age=40 resident=true.",
        "条件所需的属性，如 age=40 resident=true。",
    ),
    "help.option.evidence": (
        "Table date,item,actor and waived, where a duty was waived.",
        "履职记录表：date,item,actor；免办的填 waived。",
    ),
    "help.option.holidays": (
        "Table date,kind: off or work; otherwise Monday to Friday work.",
        "节假日表：date,kind，off 为放假、work 为调休上班；未列的按周一至周五上班。",
    ),
    "help.option.metrics": (
        "TOML file with metric tables: rates that the town defines itself.",
        "自定义指标的 TOML 文件（metric 表）。",
    ),
    "help.option.as_of": ("The day that all is of: YYYY-MM-DD.", "统计截止日：YYYY-MM-DD。"),
    "help.option.referral_hops_max": (
        "The most referrals before somebody must deal with a matter.",
        "转办几次之内必须有人负责。",
    ),
    "help.option.title_similarity_min": (
        "From how many percent on two titles are near.",
        "两个名称相似度达到百分之几算相近。",
    ),
    "help.option.workload_from": (
        "Any day of the first month; the catalogue's beginning unless said.",
        "从哪个月起：该月任意一天；不写则从清单生效之月起。",
    ),
    "help.option.months": ("How many months.", "统计几个月。"),
    "help.option.capacity_hours": (
        "A month's capacity of persons who state none.",
        "未写明的人员每月可用多少小时。",
    ),
    "help.option.subsidy_percent": (
        "Overload subsidy: from so many percent of the capacity on.",
        "超负荷补贴：工时达到可用的百分之几。",
    ),
    "help.option.subsidy_posts": (
        "Overload subsidy: from so many posts on.",
        "超负荷补贴：兼任岗位达到几个。",
    ),
    "help.option.cases_catalogue": (
        "Files that say at which level an actor stands; may be given again.",
        "写明各主体层级的清单文件；可多次给出。",
    ),
    "help.option.flow_out": (
        "The flow chart: a file .svg or .mmd (Mermaid).",
        "流程图文件：.svg 或 .mmd（Mermaid）。",
    ),
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
