"""From a county's spreadsheet to a catalogue: columns mapped by name."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from gridgov.errors import DataError, Finding, finding, usage_error
from gridgov.inputs import NO, texts
from gridgov.lists.catalogue import LISTS

#: Key of an item → names that counties give to its column, the likeliest first.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "编号", "事项编号", "事项编码", "序号"),
    "matter": ("matter", "事项路径"),
    "title": ("title", "事项名称", "事项", "名称", "工作事项", "具体事项"),
    "list": ("list", "清单", "清单类别", "清单类型"),
    "actor": ("actor", "主体", "履职主体", "责任主体"),
    "lead": ("lead", "牵头岗位", "牵头", "责任岗位", "责任人"),
    "assists": ("assists", "配合", "配合岗位"),
    "villages": ("villages", "适用村", "适用范围"),
    "basis": ("basis", "依据", "法律依据", "政策依据", "设定依据"),
    "needs": ("needs", "所需权限", "权限"),
    "department": ("department", "对口部门", "对应上级部门", "上级部门", "承接部门", "责任部门"),
    "hours": ("hours", "工时", "每次工时"),
    "recurrence": ("recurrence", "周期", "频次"),
    "due_days": ("due_days", "时限", "办理时限", "期限"),
    "effective_from": ("effective_from", "生效日期", "起始日期"),
    "effective_to": ("effective_to", "失效日期", "截止日期"),
    "disclose": ("disclose", "公开", "是否公开"),
}
#: Lists as counties name them: the longest name that a cell contains counts.
LIST_NAMES = {
    "基本履职": "must",
    "依法履行": "must",
    "履行职责": "must",
    "必须": "must",
    "配合履职": "assist",
    "协助配合": "assist",
    "协助": "assist",
    "上级部门收回": "reclaimed",
    "上级收回": "reclaimed",
    "收回": "reclaimed",
    "工作负面": "negative",
    "负面": "negative",
    "依法出具证明": "certify",
    "出具证明": "certify",
    "证明": "certify",
}
#: How often, as counties write it.
RECURRENCES = {
    "每日": "FREQ=DAILY",
    "每天": "FREQ=DAILY",
    "每周": "FREQ=WEEKLY",
    "每月": "FREQ=MONTHLY",
    "每季": "FREQ=MONTHLY;INTERVAL=3",
    "每季度": "FREQ=MONTHLY;INTERVAL=3",
    "每半年": "FREQ=MONTHLY;INTERVAL=6",
    "每年": "FREQ=YEARLY",
}
_SEVERAL = {"assists", "villages", "basis", "needs"}
_PARTS = re.compile(r"[;；\n]+")


def from_table(
    table: Any,
    *,
    columns: Mapping[str, str | Sequence[str]] | None = None,
    values: Mapping[str, Any] | None = None,
    matter: str | Sequence[str] | None = None,
    prefix: str = "",
    head: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The items of a spreadsheet as a catalogue's tables, for `catalogue` or `write_toml`.

    Columns are found by the names that counties use (事项名称, 清单类别, 法律依据, 对口部门, …:
    COLUMN_NAMES) unless `columns` names them. Lists may be written as they are called there
    (基本履职, 配合履职, 上级收回, 负面, …), and how often as 每月, 每季, 每年. Texts parted by `;`
    or a line's end are several. Empty cells are left out; rows without a title and a matter too.

    Args:
        table: A frame, or the path of a file as `gridgov` reads tables; `FILE.xlsx#SHEET` names
            a sheet.
        columns: Key of an item → name of its column.
        values: Key of an item → value, where the cell is empty or there is no column.
        matter: Columns whose cells make the path of the matter, from above; without it and
            without a column `matter` the title is the path's last segment, below nothing.
        prefix: Put before every id; ids are row numbers where there is no column.
        head: The table `[catalogue]`.

    Raises:
        DataError: Cells that cannot be read, and rows without a list or an actor, by row.
        UsageError: A column that is named is not there.

    Examples:
        >>> import pandas as pd
        >>> from gridgov import lists
        >>> sheet = pd.DataFrame({
        ...     "序号": [1, 2],
        ...     "类别": ["民政", "自然资源"],
        ...     "事项名称": ["低保对象走访", "违法建设拆除"],
        ...     "清单类别": ["基本履职事项清单", "上级部门收回事项清单"],
        ...     "对口部门": ["区民政局", "区城管局"],
        ... })
        >>> tables = lists.from_table(
        ...     sheet, matter=["类别", "事项名称"], values={"actor": "level:town"}, prefix="T-"
        ... )
        >>> [(item["id"], item["list"], item["matter"]) for item in tables["item"]]
        [('T-1', 'must', '民政/低保对象走访'), ('T-2', 'reclaimed', '自然资源/违法建设拆除')]
    """
    cells, count = _cells(table, dict(columns or {}))
    there = list(cells)
    chosen = _chosen(dict(columns or {}), there)
    path = [matter] if isinstance(matter, str) else list(matter or ())
    for name in path:
        if name not in cells:
            _missing(name, there)
    faults: list[Finding] = []
    items = []
    for row in range(count):
        item = _item(row, cells, chosen, path, dict(values or {}), faults)
        if item is not None:
            item["id"] = prefix + str(item.get("id") or row + 1)
            items.append({key: item[key] for key in _ORDER if key in item})
    if faults:
        raise DataError(faults)
    tables: dict[str, Any] = {"catalogue": dict(head)} if head else {}
    return tables | {"item": items}


_ORDER = (*COLUMN_NAMES, "workdays")


def _cells(table: Any, columns: Mapping[str, Any]) -> tuple[dict[str, list[str]], int]:
    if isinstance(table, str | os.PathLike):
        from gridgov import tables
        from gridgov.faults import Faults

        kinds: dict[str, tables.Kind] = {}
        for key in (*COLUMN_NAMES, *columns):
            names = (*COLUMN_NAMES.get(key, ()), *([columns[key]] if key in columns else []))
            kinds |= dict.fromkeys(names, "date" if key.startswith("effective") else "key")
        read = tables.read(Path(table), columns=kinds)
        cells = {name: read.cells(name, kinds.get(name, "text")) for name in read.names()}
        if read.faults:
            raise Faults(read.faults)
        return {name: column.to_pylist() for name, column in cells.items()}, read.rows
    if not isinstance(table, pd.DataFrame):
        table = pd.DataFrame(table)
    return {str(name): texts(table[name]) for name in table.columns}, len(table)


def _missing(name: str, there: Iterable[str]) -> None:
    raise usage_error("column_missing", table="table", column=name, there=", ".join(there))


def _chosen(given: dict[str, Any], there: list[str]) -> dict[str, str]:
    """Key → column: those that are named, then those that counties' names tell."""
    chosen: dict[str, str] = {}
    for key, name in given.items():
        if key not in COLUMN_NAMES:
            raise usage_error(
                "option_unknown", option="columns", value=key, known=", ".join(COLUMN_NAMES)
            )
        if name not in there:
            _missing(str(name), there)
        chosen[key] = name
    for key, names in COLUMN_NAMES.items():
        known = next((name for name in names if name in there), None)
        if key not in chosen and known is not None:
            chosen[key] = known
    return chosen


def _item(
    row: int,
    cells: Mapping[str, list[str]],
    chosen: Mapping[str, str],
    path: Sequence[str],
    values: Mapping[str, Any],
    faults: list[Finding],
) -> dict[str, Any] | None:
    item: dict[str, Any] = {}
    for key, column in chosen.items():
        cell = cells[column][row].strip()
        if cell == "":
            continue
        try:
            item[key] = _value(key, cell)
        except ValueError as error:
            faults.append(
                finding(
                    "lists_cell_wrong", table="table", row=row, column=column, value=cell,
                    wanted=str(error),
                )
            )  # fmt: skip
            item[key] = None
        if key == "due_days" and "工作日" in cell:
            item["workdays"] = True
    item |= {key: value for key, value in values.items() if key not in item}
    segments = [_segment(cells[column][row]) for column in path]
    if path:
        item["matter"] = "/".join(segment for segment in segments if segment)
    elif "matter" not in item and isinstance(item.get("title"), dict):
        item["matter"] = _segment(item["title"]["zh"])
    if not item.get("matter") and "title" not in item:
        return None
    for key in ("matter", "list", "actor"):
        if item.get(key, "") == "":
            faults.append(finding("lists_key_missing", table="table", row=row, key=key))
    return item


def _segment(cell: str) -> str:
    """A cell as one segment of a path."""
    return " ".join(cell.split()).replace("/", "／")


def _value(key: str, cell: str) -> Any:
    """A cell as the key's value. ValueError says what would be right."""
    if key == "title":
        return {"zh": " ".join(cell.split())}
    if key == "list":
        return _list_of(cell)
    if key in _SEVERAL:
        return [part.strip() for part in _PARTS.split(cell) if part.strip()]
    if key == "hours":
        return _number(cell)
    if key == "due_days":
        found = re.search(r"[0-9]+", cell)
        if found is None:
            raise ValueError("a number of days")
        return int(found[0])
    if key == "recurrence":
        return cell if "=" in cell else _recurrence_of(cell)
    if key in ("effective_from", "effective_to"):
        parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?( 00:00:00)?", cell)
        try:
            return dt.date(*map(int, parts.groups()[:3]))  # type: ignore[union-attr]
        except (AttributeError, ValueError):
            raise ValueError("a date") from None
    if key == "disclose":
        return cell.lower() not in NO
    return cell


def _list_of(cell: str) -> str:
    if cell.lower() in LISTS:
        return cell.lower()
    for name in sorted(LIST_NAMES, key=len, reverse=True):
        if name in cell:
            return LIST_NAMES[name]
    raise ValueError(", ".join(LISTS))


def _recurrence_of(cell: str) -> str:
    for name in sorted(RECURRENCES, key=len, reverse=True):
        if name in cell:
            return RECURRENCES[name]
    raise ValueError("FREQ=…, " + ", ".join(RECURRENCES))


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise ValueError("a number") from None


def write_toml(tables: Mapping[str, Any], path: str | os.PathLike[str]) -> None:
    """Writes a catalogue's tables as TOML, as gridgov reads it.

    >>> from gridgov import lists
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "town.toml"
    >>> lists.write_toml({"item": [{"id": "A", "title": {"zh": "走访"}, "hours": 1.5}]}, file)
    >>> print(file.read_text(encoding="utf-8"), end="")
    [[item]]
    id = "A"
    title = { zh = "走访" }
    hours = 1.5
    """
    Path(path).write_text(to_toml(tables), encoding="utf-8", newline="\n")


def to_toml(tables: Mapping[str, Any]) -> str:
    """A catalogue's tables as TOML."""
    blocks = []
    for name, value in tables.items():
        if isinstance(value, Mapping):
            blocks.append(_block(f"[{name}]", value))
            continue
        for record in value:
            blocks.append(_block(f"[[{name}]]", {k: v for k, v in record.items() if k != "step"}))
            blocks += [_block(f"[[{name}.step]]", step) for step in record.get("step", ())]
    return "\n".join(blocks)


def _block(title: str, record: Mapping[str, Any]) -> str:
    lines = [f"{_key(key)} = {_toml(value)}" for key, value in record.items()]
    return "\n".join([title, *lines]) + "\n"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _text(key)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(str(key))} = {_toml(one)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{ }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return _text(str(value))


def _text(value: str) -> str:
    """JSON's escapes are TOML's too, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
