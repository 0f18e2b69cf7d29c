"""What is wrong, as data: findings, and the two exceptions that carry them.

A finding is a code, the records concerned and the fields of its message; text in English or Chinese
is rendered last. Codes from 7000 to 7999 are what only Python can find: frames, references,
geometries, files. All others are the core's (include/gridgov/finding.hpp): to 5999 the model,
neighbours and partition, 8xxx rule files and conditions, 9xxx points, 10xxx lists. Numbers are for
ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from gridgov import _core
from gridgov.language import filled

if TYPE_CHECKING:
    import pandas as pd

Language = Literal["en", "zh"]

#: Code → number, English, Chinese. Appended to, never changed.
_CATALOGUE: dict[str, tuple[int, str, str]] = {
    "shape_wrong": (
        7001,
        "{option}: the shape is {given}; give {wanted}",
        "{option}：形状为{given}；应为{wanted}",
    ),
    "type_wrong": (
        7002,
        "{option}: a {given} was given; give {wanted}",
        "{option}：给的是{given}；应为{wanted}",
    ),
    "column_missing": (
        7003,
        "{table}: there is no column {column}; the columns are {there}",
        "{table}：没有“{column}”一列；现有各列：{there}",
    ),
    "column_duplicate": (
        7004,
        "{table}: there is more than one column {column}; give each column a name of its own",
        "{table}：“{column}”一列不止一个；各列名称要不同",
    ),
    "column_without_frame": (
        7005,
        "{option} names a column ({column}), but the households are not a frame; give the values",
        "{option}是列名（{column}），但各户不是以表给出的；请直接给出各项的值",
    ),
    "not_a_number": (
        7006,
        "{table} {id}: {column} is {value}; give a number",
        "{table} {id}：“{column}”为{value}；应为数字",
    ),
    "id_inexact": (
        7007,
        "{table} row {row}: the id {value} is a rounded number; give ids as text or whole numbers",
        "{table}第{row}行：编号{value}是舍入过的数；编号应为文字或整数",
    ),
    "option_unknown": (
        7008,
        "{option} is {value}; use one of {known}",
        "{option}为{value}；可用的有：{known}",
    ),
    "option_out_of_range": (
        7009,
        "{option} is {value}; give {wanted}",
        "{option}为{value}；应为{wanted}",
    ),
    "reference_missing": (
        7010,
        "{layer}: the coordinate reference is not known; set it on the frame, or give {option}",
        "{layer}：不知道坐标系；请在数据中注明，或给出{option}",
    ),
    "reference_invalid": (
        7011,
        "{option}: {value} is no coordinate reference that can be used here; give one such as "
        "EPSG:4326, gcj02, or a projected one in metres",
        "{option}：“{value}”不是可用的坐标系；可用EPSG:4326、gcj02，或以米为单位的投影坐标系",
    ),
    "planes_not_tied": (
        7012,
        "{layer} are in {reference}, but where the households' x_m, y_m lie on Earth is not known; "
        "give the households lon, lat as well, or crs",
        "{layer}的坐标系是{reference}，但不知道各户的x_m、y_m在地球上的位置；请给各户补上lon、lat，"
        "或给出crs",
    ),
    "planes_disagree": (
        7013,
        "household {id}: its x_m, y_m and its lon, lat are {residual_m} m apart by what the others "
        "have; correct them, or give only one kind of coordinates",
        "户{id}：与其他各户相比，它的x_m、y_m与lon、lat相差{residual_m}米；请改正，或只给一种坐标",
    ),
    "geometry_wrong": (
        7014,
        "{layer} row {row}: the geometry is a {given}; give {wanted}",
        "{layer}第{row}行：图形是{given}；应为{wanted}",
    ),
    "plane_unknown": (
        7015,
        "where x_m, y_m lie on Earth is not known; give lon, lat, or crs",
        "不知道x_m、y_m在地球上的位置；请给出lon、lat，或给出crs",
    ),
    "peer_not_installed": (
        7016,
        "{name} is not installed: pip install {packages}",
        "未安装{name}：请运行 pip install {packages}",
    ),
    "peer_failed": (
        7017,
        "{name} gave no answer: {what}; leave it out, or give it a smaller place",
        "{name}没有给出结果：{what}；请不选它，或换较小的地方",
    ),
    "directory_unexplained": (
        7040,
        "{path} does not hold what is needed ({reason}); give a directory that gridgov wrote",
        "{path}中没有可用的划分结果（{reason}）；请给出 gridgov 写出的结果文件夹",
    ),
    "certificate_malformed": (
        7030,
        "the certificate cannot be used: {part}: {reason}; give certificate.json as it was written",
        "证书无法使用：{part}：{reason}；请给出原样的 certificate.json",
    ),
    "points_rules_conflict": (
        7100,
        "several rules of a group that allows one match ({rules}); nothing is given: make their "
        "conditions exclude each other, or give the group another hit policy",
        "同组只许一条规则适用，却有几条同时符合（{rules}），不给分；请让各条的条件互不重叠，或改用别的取分办法",
    ),
    "points_household_unknown": (
        7101,
        "there is no household {household} in this settlement",
        "本次结算中没有户“{household}”",
    ),
    "rules_unreadable": (
        7102,
        "{path} cannot be read: {reason}",
        "无法读取{path}：{reason}",
    ),
    "points_no_state": (
        7103,
        "this settlement was made without a state to go on from; settle with keep_state=True",
        "本次结算没有保留接续用的状态；请以 keep_state=True 重新结算",
    ),
    "points_village_goes_on": (
        7104,
        "village {village} has faults and cannot be left out: the results that this goes on from "
        "know it, and its ledger goes on; put the faults right",
        "“{village}”的数据有误，但不能跳过：之前的结算里已有该村，账目要接续；请改正",
    ),
    "lists_date_wrong": (
        7150,
        "{option} is no date; give a date, or YYYY-MM-DD",
        "{option}不是日期；请写成 YYYY-MM-DD",
    ),
    "lists_not_whole": (
        7151,
        "{table} (row {row}): {column} is “{value}”; give a whole number",
        "{table}（第{row}行）：“{column}”是“{value}”；应为整数",
    ),
    "lists_not_a_date": (
        7152,
        "{table} (row {row}): {column} is “{value}”, which is no date; write YYYY-MM-DD",
        "{table}（第{row}行）：“{column}”是“{value}”，不是日期；请写成 YYYY-MM-DD",
    ),
    "lists_unknown_procedure": (
        7153,
        "the catalogue has no procedure {value}; it has: {known}",
        "清单里没有流程“{value}”；现有：{known}",
    ),
    "lists_graphviz_missing": (
        7154,
        "the program dot is not installed; install Graphviz (Debian: apt-get install graphviz), "
        "or ask for Mermaid (.mmd)",
        "没有安装绘图程序 dot；请安装 Graphviz（Debian：apt-get install graphviz），"
        "或改为输出 Mermaid（.mmd）",
    ),
    "lists_graphviz_failed": (
        7155,
        "the program dot drew nothing: {reason}",
        "绘图程序 dot 未能绘图：{reason}",
    ),
    "lists_cell_wrong": (
        7156,
        "{table} (row {row}): {column} is “{value}”; give {wanted}",
        "{table}（第{row}行）：“{column}”是“{value}”；应为：{wanted}",
    ),
    "lists_evidence_unused": (
        7158,
        "{count:row of evidence falls/rows of evidence fall} into no window, to no effect (this is "
        "the first): wrong actor or day, or an item that does not recur",
        "有{count}条履职记录不在任何履职期内，未起作用（此为第一条）：主体或日期不符，"
        "或该事项没有周期",
    ),
    "lists_key_missing": (
        7157,
        "{table} (row {row}): there is no {key}; give the column that holds it, or one value for "
        "all rows",
        "{table}（第{row}行）：缺少{key}；请指明它在哪一列，或给出统一的取值",
    ),
    "workbook_encrypted": (
        7160,
        "the workbook is locked with a password; open it, take the password off (File, Info, "
        "Protect Workbook, Encrypt with Password) and save it again",
        "工作簿设了打开密码；请打开后取消密码（文件→信息→保护工作簿→用密码进行加密，清空密码），再保存一次",
    ),
    "workbook_old": (
        7161,
        "this is a workbook of an old kind (.xls or .et); open it and save it as .xlsx",
        "这是旧格式的工作簿（.xls 或 .et）；请打开后另存为 .xlsx",
    ),
    "workbook_not_xlsx": (
        7162,
        "this is no .xlsx workbook, whatever it is called; open it and save it as .xlsx, or give a "
        "table of text the ending .csv",
        "这不是 .xlsx 工作簿，只是用了这样的文件名；请打开后另存为 .xlsx；"
        "若是文本表格，请把扩展名改为 .csv",
    ),
    "workbook_damaged": (
        7163,
        "the workbook is damaged ({reason}); open it, let it be repaired, and save it again",
        "工作簿已损坏（{reason}）；请用 Excel 或 WPS 打开并修复后再保存一次",
    ),
    "workbook_too_large": (
        7164,
        "a part of the workbook unpacks to {size} (packed: {packed}), which is more than any table "
        "has; save only the table's sheet, or as CSV",
        "工作簿的一部分解压后有{size}（压缩后{packed}），不像正常的表；"
        "请只保存所需的工作表，或另存为 CSV",
    ),
    "sheet_too_large": (
        7165,
        "the sheet {sheet_name} has {cells} cells, more than {most}; leave out the columns that "
        "are not needed, or save it as CSV",
        "工作表“{sheet_name}”有{cells}格，超过{most}；请删去不用的列，或另存为 CSV",
    ),
    "sheet_not_found": (
        7166,
        "there is no sheet {wanted}; did you mean {near}? The sheets are {known}",
        "没有“{wanted}”这张工作表；是不是“{near}”？现有：{known}",
    ),
    "sheet_empty": (
        7167,
        "the sheet {sheet_name} is empty; name another as FILE.xlsx#SHEET (there are: {others})",
        "工作表“{sheet_name}”是空的；可用“文件.xlsx#工作表名”指定另一张（还有：{others}）",
    ),
    "id_digits_lost": (
        7168,
        "{column} is {value}: a spreadsheet has made a number of it and kept only the first 15 "
        "digits; set the column's format to Text and put the values in again from their source",
        "“{column}”是{value}：编号被表格软件当成了数字，15 位以后的已经丢失；"
        "请先把这一列的单元格格式设为“文本”，再从原始资料重新导入或录入",
    ),
    "formula_uncalculated": (
        7169,
        "{column} is a formula without a result; open the workbook in Excel or WPS and save it, or "
        "paste the values over the formulas",
        "“{column}”是公式，但文件里没有计算结果；"
        "请用 Excel 或 WPS 打开并保存一次，或把公式粘贴为数值",
    ),
    "formula_error": (
        7170,
        "{column} is {value}: its formula went wrong; mend it, or put the value in its place",
        "“{column}”是{value}，公式出错；请改正公式，或直接填上值",
    ),
    "date_is_serial": (
        7171,
        "{column} is {value}, the number of a day in a spreadsheet: {since_1900}, or {since_1904} "
        "if days are counted from 1904, which a text file does not say; set the column's format to "
        "yyyy-mm-dd and save it again",
        "“{column}”是{value}，这是表格软件里日期的序号：从1900年算是{since_1900}，从1904年算是{since_1904}，"
        "文本文件里分辨不出；请把这一列的格式设为 yyyy-mm-dd 后重新保存",
    ),
    "report_nothing": (
        7180,
        "there is nothing to report on; give results, or directories that gridgov wrote",
        "没有可报告的内容；请给出结果，或 gridgov 写出的结果文件夹",
    ),
    "report_not_results": (
        7181,
        "{path} holds no results ({reason}); give directories that gridgov partition, revise, "
        "points settle, lists duties, lists workload or lists audit wrote",
        "{path}中没有结果（{reason}）；请给出 gridgov partition、revise、points settle、"
        "lists duties、lists workload 或 lists audit 写出的文件夹",
    ),
    "report_damaged": (
        7182,
        "{path} is not as gridgov wrote it ({reason}); run the command again",
        "{path}不是 gridgov 写出的原样（{reason}）；请重新运行该命令",
    ),
    "report_not_shown": (
        7183,
        "{path} was written by “gridgov {command}”, which a report does not show; leave it out",
        "{path}是“gridgov {command}”写出的，报告不包括这一项；请去掉",
    ),
    "report_same_twice": (
        7184,
        "{path}: {layer} of {what} are in {other} too ({count} in all); give each once",
        "{path}：“{what}”的 {layer} 结果在 {other} 中已有（共{count}处）；每村每期只给一次",
    ),
    "report_days_differ": (
        7185,
        "{path} is as of {day}, but {other} is as of {other_day}; make both as of the same day",
        "{path}截至{day}，而{other}截至{other_day}；请按同一天重新计算",
    ),
    "report_file_damaged": (
        7186,
        "a result cannot be read: {reason}",
        "有结果读不出：{reason}",
    ),
    "engine_missing": (
        7190,
        "{name} is not installed; install it: pip install 'gridgov[{extra}]'",
        "未安装{name}；请运行 pip install 'gridgov[{extra}]'",
    ),
    "engine_not_started": (
        7191,
        "there is no Dask cluster to work on; start one, as in "
        "`with dask.distributed.Client(): …`, or give client",
        "没有可用的 Dask 集群；请先启动（如 with dask.distributed.Client(): …），或给出 client",
    ),
    "village_split": (
        7192,
        "village {village} has rows in more than one partition, although split=True says that "
        "each stands whole in one; leave split out, so that rows are brought together",
        "“{village}”的行分散在几个分区里，而 split=True 表示每村都完整地在一个分区中；"
        "请去掉 split，由程序把各村的行归拢",
    ),
    "stock_shared": (
        7193,
        "the stock of {good} in the shop {shop} may not do for all villages that exchange there "
        "({villages}), so who gets it depends on all of them; settle these in one local call",
        "商店{shop}的“{good}”库存可能不够各村（{villages}）兑换，谁能换到要各村一起算；"
        "请把这些村放在一次本机结算里",
    ),
}


#: What `wanted` can be, in Chinese; names of Python's types have none.
_WANTED = {
    r"0 or more": "0或更大的数",
    r"a date such as (\S+)": r"日期，如\1",
    r"a line, or a polygon whose rings are barriers": "线，或以边界作阻隔的面",
    r"a number": "数字",
    r"a pair: the least and the most courtyards of a grid": "一对数：每个网格最少和最多的院落数",
    r"a point \(for buildings: (.+)\)": r"点（建筑物可用 \1）",
    r"a whole number from (\S+) to (\S+)": r"\1到\2的整数",
    r"a whole number of at least (\S+)": r"不小于\1的整数",
    r"at least one": "至少一个",
}


def _wanted_in_chinese(wanted: str) -> str:
    for english, chinese in _WANTED.items():
        if found := re.fullmatch(english, wanted):
            return found.expand(chinese)
    return wanted


@cache
def codes() -> Mapping[str, int]:
    """Every code by name, with its number, in numeric order.

    Examples:
        >>> codes()["duplicate_id"]
        1003
    """
    numbers = _core.codes() | {code: entry[0] for code, entry in _CATALOGUE.items()}
    return dict(sorted(numbers.items(), key=lambda entry: entry[1]))


def template(code: str, lang: Language) -> str:
    """The message of a code with its blanks, as `docs/guide/findings.md` lists it."""
    if code in _CATALOGUE:
        _, english, chinese = _CATALOGUE[code]
        return english if lang == "en" else chinese
    return _core.message_template(_core.codes()[code], lang)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with data or a result, or worth knowing about it.

    Attributes:
        code: The stable name, such as ``duplicate_id``.
        number: The stable number; its thousands tell the layer.
        severity: ``error``, ``warning`` or ``note``.
        records: Ids of the records concerned, the most telling first.
        fields: What fills the blanks of the message.
        table: The table of the first record: ``households``, ``links``, ``way_nodes``, ``ways``,
            ``barriers``, ``assignment`` or ``none``.
        row: The first record's row in that table from 0, if it stands in one.

    Examples:
        >>> import gridgov
        >>> line = [(10.0 * i, 0.0) for i in range(20)]
        >>> found = gridgov.verify(line, ["a"] * 15 + ["b"] * 5).findings[0]
        >>> found.code, found.severity, found.records
        ('courtyard_undersize', 'error', ('b',))
        >>> found.message("zh")
        '院落b：规模为5，低于下限10'
    """

    code: str
    number: int
    severity: str
    records: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    table: str = "none"
    row: int | None = None

    def message(self, lang: Language = "en") -> str:
        """What is wrong and what would be right, in English (``en``) or Chinese (``zh``)."""
        entry = _CATALOGUE.get(self.code)
        if entry is None:
            row = -1 if self.row is None else self.row
            records, fields = list(self.records), dict(self.fields)
            return _core.message(self.number, records, fields, self.table, row, lang)
        if lang not in ("en", "zh"):
            raise ValueError("lang must be 'en' or 'zh'")
        row_text = "" if self.row is None else str(self.row + 1)
        blanks = {"table": self.table, "row": row_text}
        no_id = f"(row {row_text})" if lang == "en" else f"（第{row_text}行）"
        blanks["id"] = self.records[0] if self.records else no_id
        blanks |= self.fields
        if lang == "zh" and "wanted" in blanks:
            blanks["wanted"] = _wanted_in_chinese(blanks["wanted"])
        return filled(template(self.code, lang), lang, blanks)

    def __str__(self) -> str:
        return self.message()


def finding(
    code: str,
    *,
    severity: str = "error",
    records: Iterable[str] = (),
    table: str = "none",
    row: int | None = None,
    **fields: object,
) -> Finding:
    """A finding by the name of its code."""
    texts = {name: str(value) for name, value in fields.items()}
    return Finding(code, codes()[code], severity, tuple(records), texts, table, row)


class Findings(list[Finding]):
    """Findings: a list, which a notebook shows as a table.

    Examples:
        >>> from gridgov import points
        >>> rules = {
        ...     "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
        ...     "rule": [{"id": "litter", "deed": "litter", "points": -5}],
        ... }
        >>> found = points.lint(rules)
        >>> found.frame()["code"].tolist()
        ['lint_deduction_without_evidence']
    """

    def frame(self, lang: Language = "en") -> pd.DataFrame:
        """`severity, code, records, message`: a row each, with messages in a language."""
        import pandas as pd

        return pd.DataFrame(
            {
                "severity": [found.severity for found in self],
                "code": [found.code for found in self],
                "records": ["; ".join(found.records) for found in self],
                "message": [found.message(lang) for found in self],
            },
            dtype="str",
        )

    def _repr_html_(self) -> str:
        from gridgov import notebook

        counted = f"{len(self)} finding{'' if len(self) == 1 else 's'}"
        return notebook.heading(counted) + (
            notebook.first_rows(self.frame(), "findings") if self else ""
        )


class UsageError(ValueError):
    """A caller's mistake: options that contradict each other, arrays of the wrong shape.

    Attributes:
        code, number: The stable name and number of what is wrong.
        records: Ids of the records concerned.
        finding: All of it, with the message in English and Chinese.

    Examples:
        >>> import gridgov
        >>> try:
        ...     gridgov.partition([[0, 0]], min=5, max=4)
        ... except gridgov.UsageError as error:
        ...     print(error.code, error.number)
        bounds_invalid 5001
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.finding = finding

    @property
    def findings(self) -> Findings:
        """The one finding, as a list."""
        return Findings([self.finding])

    @property
    def code(self) -> str:
        """The finding's code."""
        return self.finding.code

    @property
    def number(self) -> int:
        """The code's number."""
        return self.finding.number

    @property
    def records(self) -> tuple[str, ...]:
        """Ids of the records concerned."""
        return self.finding.records

    def __str__(self) -> str:
        return self.finding.message()

    def __repr__(self) -> str:
        return f"UsageError({self.code}: {self})"


class DataError(ValueError):
    """Data that cannot be used: every fault found, in the order of tables and rows.

    Attributes:
        findings: The faults.
        code, number: Of the first.
        records: Ids of the records concerned, of all faults.

    Examples:
        >>> import gridgov
        >>> try:
        ...     gridgov.partition([[0, 0], [1, 1], [2, 2]], ids=["a", "b", "a"], weights=[1, -1, 1])
        ... except gridgov.DataError as error:
        ...     print(error.code, error.records)
        weight_not_positive ('b', 'a')
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings)
        self.findings = Findings(findings)

    @property
    def code(self) -> str:
        """The first fault's code."""
        return self.findings[0].code

    @property
    def number(self) -> int:
        """The first fault's number."""
        return self.findings[0].number

    @property
    def records(self) -> tuple[str, ...]:
        """Ids of all records concerned, each once, in the order of the faults."""
        return tuple(dict.fromkeys(r for fault in self.findings for r in fault.records))

    def __str__(self) -> str:
        if not self.findings:
            return "invalid data"
        more = len(self.findings) - 1
        return self.findings[0].message() + (f" (and {more} more)" if more else "")

    def __repr__(self) -> str:
        return f"DataError({self.code}: {self})" if self.findings else "DataError()"

    def _repr_html_(self) -> str:
        return self.findings._repr_html_()


def usage_error(code: str, **fields: Any) -> UsageError:
    """A caller's mistake by the name of its code."""
    return UsageError(finding(code, **fields))
