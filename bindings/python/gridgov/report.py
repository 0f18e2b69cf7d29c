"""The report of a partition: one HTML file that needs nothing else, on a screen or printed."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gridgov import _core, fonts, plot

if TYPE_CHECKING:
    from PIL.Image import Image

    from gridgov.errors import Language
    from gridgov.partitioning import Partition

#: The tables show up to so many rows and name the file that has all.
_COURTYARDS_MOST = 2000
_BROKEN_MOST = 500
_FINDINGS_MOST = 500
#: Up to so many villages have a map each.
_MAPS_MOST = 12
_RECORDS_MOST = 8

TEXTS = {
    "en": {
        "title": "Courtyards and their heads",
        "verdict_good": "Every courtyard is within the rules.",
        "verdict_broken": "{broken} of {courtyards} courtyards are not within the rules "
        "({households} households); for {proved} of them it is proved that this cannot be avoided.",
        "verdict_findings": "Every courtyard is within the rules, but not all that was asked for "
        "could be met: see the findings.",
        "households": "households",
        "villages": "Villages",
        "villages_count": "villages",
        "courtyards": "courtyards",
        "grids": "grids",
        "mean_size": "households a courtyard, on average",
        "mean_distance": "mean distance, m",
        "max_distance": "greatest distance, m",
        "mean_to_head": "mean distance to the head",
        "max_to_head": "greatest distance to the head",
        "broken_courtyards": "not within",
        "metres": "{:,.0f} m",
        "map": "Map",
        "broken": "What is not within the rules, and why",
        "broken_intro": "“Proved” means that no partition of these households could do better; "
        "“not known” means that no proof was found.",
        "broken_more": "{rest} more are in courtyards.csv.",
        "courtyard": "courtyard",
        "village": "village",
        "grid": "grid",
        "weight": "weight",
        "head": "head (household)",
        "status": "status",
        "reason": "reason",
        "unavoidable": "unavoidable?",
        "proved": "proved",
        "unknown": "not known",
        "findings": "Findings",
        "no_findings": "None: there is nothing to report about the data or the result.",
        "findings_more": "{rest} more are in findings.json.",
        "severity": "kind",
        "finding": "finding",
        "records": "concerns",
        "error": "error",
        "warning": "warning",
        "note": "note",
        "and_more": " … and {} more",
        "charts": "Sizes and distances",
        "sizes": "How many courtyards have which size",
        "distances": "How many households are how far from their head",
        "courtyards_table": "Courtyards",
        "courtyards_more": "The first {shown} of {all}, those not within the rules first; all are "
        "in courtyards.csv, and which household belongs where is in households.csv.",
        "sorting": "Click a heading to sort by it.",
        "village_maps": "A map of each village",
        "made": "How this was made",
        "made_text": "Households are put into connected courtyards, none across a village. In this "
        "order: as little as possible in courtyards that break a rule; the number of courtyards "
        "that the target size gives; the least total distance to the heads. The same data and "
        "options give the same courtyards on any machine.",
        "rules": "size of a courtyard",
        "rules_value": "at least {min}, at most {max}, target {target}",
        "metric": "distance to the head",
        "straight": "straight line",
        "walk": "on foot, along links or ways",
        "neighbours": "neighbours come from",
        "points": "the places of the households (Delaunay triangulation)",
        "links": "the links that were given",
        "ways": "the ways that were given",
        "components": "connected parts",
        "total_distance": "total distance to the heads",
        "bound": "no partition is shorter than",
        "effort": "effort",
        "seed": "seed",
        "crs": "plane of coordinates",
        "version": "version",
        "options": "options",
        "inputs": "Inputs",
        "file": "file",
        "bytes": "bytes",
    },
    "zh": {
        "title": "善美小院划分报告",
        "verdict_good": "全部院落均合标准。",
        "verdict_broken": "{courtyards} 个院落中有 {broken} 个不合标准，涉及 {households} 户；"
        "其中 {proved} 个已证明无法避免。",
        "verdict_findings": "全部院落均合标准，但有的要求未能满足，见“需要留意的情况”。",
        "households": "户数",
        "villages": "各村情况",
        "villages_count": "村",
        "courtyards": "院落数",
        "grids": "网格数",
        "mean_size": "平均每院户数",
        "mean_distance": "平均距离（米）",
        "max_distance": "最远距离（米）",
        "mean_to_head": "到院长家平均距离",
        "max_to_head": "到院长家最远距离",
        "broken_courtyards": "不合标准院落",
        "metres": "{:,.0f} 米",
        "map": "划分图",
        "broken": "不合标准的院落及原因",
        "broken_intro": "“已证明”是指无论怎样划分这些农户都不能做得更好；"
        "“尚不确定”是指没有找到证明。",
        "broken_more": "另有 {rest} 个，见 courtyards.csv。",
        "courtyard": "院落",
        "village": "村",
        "grid": "网格",
        "weight": "权重",
        "head": "院长（户编号）",
        "status": "是否合标准",
        "reason": "原因",
        "unavoidable": "能否避免",
        "proved": "已证明无法避免",
        "unknown": "尚不确定",
        "findings": "需要留意的情况",
        "no_findings": "数据和结果都没有需要说明的情况。",
        "findings_more": "另有 {rest} 条，见 findings.json。",
        "severity": "类别",
        "finding": "内容",
        "records": "涉及",
        "error": "不合标准",
        "warning": "提醒",
        "note": "说明",
        "and_more": "……等共 {} 项",
        "charts": "院落大小与距离",
        "sizes": "院落大小分布",
        "distances": "到院长家的距离分布",
        "courtyards_table": "院落一览表",
        "courtyards_more": "共 {all} 个院落，这里列出前 {shown} 个，不合标准的在前；"
        "全部院落见 courtyards.csv，各户归属见 households.csv。",
        "sorting": "点击表头可排序。",
        "village_maps": "分村图",
        "made": "划分方法与依据",
        "made_text": "把农户划成彼此相连的院落，院落不跨村。依次做到：不合标准的院落中户数最少；"
        "院落个数符合目标户数；各户到院长家的总距离最短。数据和选项相同，在任何电脑上结果都相同。",
        "rules": "院落大小",
        "rules_value": "最少 {min}，最多 {max}，目标 {target}",
        "metric": "到院长家的距离",
        "straight": "直线距离",
        "walk": "沿邻接关系或道路步行",
        "neighbours": "相邻关系来自",
        "points": "各户位置（德劳内三角网）",
        "links": "给定的相邻关系",
        "ways": "给定的道路",
        "components": "连通片数",
        "total_distance": "到院长家的总距离",
        "bound": "任何划分的总距离都不小于",
        "effort": "求解力度",
        "seed": "随机种子",
        "crs": "坐标平面",
        "version": "软件版本",
        "options": "选项",
        "inputs": "输入文件",
        "file": "文件",
        "bytes": "字节",
    },
}


def write(
    partition: Partition,
    path: str | PathLike[str],
    language: Language = "en",
    *,
    manifest: Mapping[str, Any] | None = None,
) -> None:
    """Writes the report as one HTML file: no network, no other file, readable without scripts.

    language: "en" or "zh". manifest: what `gridgov.manifest.manifest` tells of options and inputs,
    shown at the end. Tables of large towns show their first rows and say where the rest is.
    """
    Path(path).write_text(
        html(partition, language, manifest=manifest), encoding="utf-8", newline="\n"
    )


@fonts.without_bold()
def html(
    partition: Partition, language: Language = "en", *, manifest: Mapping[str, Any] | None = None
) -> str:
    """The text of the report; see `write`."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gridgov", package_path=""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    template = environment.get_template("report.html.jinja")
    return template.render(_contents(partition, language, manifest or {}))


def _contents(
    partition: Partition, language: Language, manifest: Mapping[str, Any]
) -> dict[str, Any]:
    text, summary = TEXTS[language], partition.summary
    frame = partition.courtyards.assign(
        reason=partition.reasons(language),
        broken=partition.courtyards["status"] != "within",
    )
    broken = frame[frame["broken"]]
    shown = frame
    if len(frame) > _COURTYARDS_MOST:
        shown = frame.sort_values("broken", ascending=False, kind="stable").head(_COURTYARDS_MOST)
    # A courtyard that is not within has its own table; its finding would only say it again.
    reasons = set(partition.reasons(language)) - {""}
    findings = [row for row in _findings(partition, language) if row["message"] not in reasons]
    return {
        "t": text,
        "language": language,
        "headline": plot.headline(partition, language),
        "holds": partition.holds,
        "verdict": _verdict(partition, text),
        "numbers": _numbers(partition, text),
        "map": map_image(partition, language, 150),
        "broken": _rows(broken.head(_BROKEN_MOST), text, language),
        "broken_more": _more(text["broken_more"], len(broken) - _BROKEN_MOST),
        "findings": findings[:_FINDINGS_MOST],
        "findings_more": _more(text["findings_more"], len(findings) - _FINDINGS_MOST),
        "sizes": chart(plot.sizes, partition, language),
        "distances": chart(plot.distances, partition, language),
        "villages": _villages(partition) if summary["villages"] > 1 else [],
        "grids": summary["grids"],
        "weighted": bool((frame["weight"] != frame["households"]).any()),
        "courtyards": _rows(shown, text, language),
        "courtyards_more": text["courtyards_more"].format(
            shown=f"{len(shown):,}", all=f"{len(frame):,}"
        )
        if len(shown) < len(frame)
        else "",
        "village_maps": _village_maps(partition, language),
        "made": _made(partition, text, manifest),
        "inputs": manifest.get("inputs", []),
    }


def _verdict(partition: Partition, text: Mapping[str, str]) -> str:
    summary = partition.summary
    if partition.holds:
        return text["verdict_good"]
    if not summary["broken_courtyards"]:
        return text["verdict_findings"]
    return text["verdict_broken"].format(
        broken=f"{summary['broken_courtyards']:,}",
        courtyards=f"{summary['courtyards']:,}",
        households=f"{summary['broken_households']:,}",
        proved=f"{summary['broken_proved_unavoidable']:,}",
    )


def _numbers(partition: Partition, text: Mapping[str, str]) -> list[tuple[str, str]]:
    summary = partition.summary
    numbers = [
        (f"{summary['households']:,}", text["households"]),
        (f"{summary['courtyards']:,}", text["courtyards"]),
    ]
    if summary["villages"] > 1:
        numbers.insert(1, (f"{summary['villages']:,}", text["villages_count"]))
    if summary["grids"]:
        numbers.append((f"{summary['grids']:,}", text["grids"]))
    if summary["courtyards"]:
        numbers.append((f"{summary['households'] / summary['courtyards']:.1f}", text["mean_size"]))
    for name, label in (("mean_distance_m", "mean_to_head"), ("max_distance_m", "max_to_head")):
        if math.isfinite(summary[name]):
            numbers.append((text["metres"].format(summary[name]), text[label]))
    numbers.append((f"{summary['broken_courtyards']:,}", text["broken_courtyards"]))
    return numbers


def _rows(frame: Any, text: Mapping[str, str], language: Language) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = frame.to_dict("records")
    for row in rows:
        row["status"] = _core.status_text(row["status"], chinese=language == "zh")
        row["unavoidable"] = text.get(row["unavoidable"], "")
        row["weight"] = f"{row['weight']:,.6g}"
        for name in ("mean_distance_m", "max_distance_m"):
            row[name] = _tenth(row[name])
    return rows


def _villages(partition: Partition) -> list[dict[str, Any]]:
    table = plot.village_table(partition).reset_index(names="village")
    rows: list[Any] = table.to_dict("records")
    for row in rows:
        for name in ("mean_distance_m", "max_distance_m"):
            row[name] = _tenth(row[name])
    return rows


def _findings(partition: Partition, language: Language) -> list[dict[str, str]]:
    text = TEXTS[language]
    graveness = {"error": 0, "warning": 1, "note": 2}
    rows = []
    for finding in sorted(partition.findings, key=lambda finding: graveness[finding.severity]):
        records = ", ".join(finding.records[:_RECORDS_MOST])
        if len(finding.records) > _RECORDS_MOST:
            rest = len(finding.records) - (_RECORDS_MOST if language == "en" else 0)
            records += text["and_more"].format(rest)
        rows.append(
            {
                "severity": finding.severity,
                "severity_text": text[finding.severity],
                "message": finding.message(language),
                "records": records,
            }
        )
    return rows


def _made(
    partition: Partition, text: Mapping[str, str], manifest: Mapping[str, Any]
) -> list[tuple[str, str]]:
    summary = partition.summary
    made = [
        (text["rules"], text["rules_value"].format(**summary)),
        (text["metric"], text[summary["metric"]]),
        (text["neighbours"], text.get(summary["neighbours"], summary["neighbours"])),
        (text["components"], f"{summary['components']:,}"),
        (text["total_distance"], text["metres"].format(summary["total_distance_m"])),
    ]
    if summary["lower_bound_total_distance_m"] is not None:
        bound = text["metres"].format(summary["lower_bound_total_distance_m"])
        made.append((text["bound"], f"{bound} (+{summary['gap']:.2%})"))
    made += [
        (text["effort"], summary["effort"]),
        (text["seed"], str(summary["seed"])),
        (text["crs"], str(summary["crs"])),
        (text["version"], f"gridgov {summary['version']}"),
    ]
    options = manifest.get("options", {})
    if options:
        given = (f"{name} = {value}" for name, value in options.items() if value is not None)
        made.append((text["options"], "; ".join(given)))
    return made


def map_image(partition: Partition, language: Language, dpi: float, **options: Any) -> str:
    """The map as a data URI; options as of `plot.page`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    figure = plot.page(partition, language=language, **options)
    figure.set_dpi(dpi)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return image_uri(Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB"))


def image_uri(image: Image) -> str:
    """A picture as a data URI. A map has few colours: a palette makes it a third of the size."""
    import PIL.Image

    few = image.quantize(200, method=PIL.Image.Quantize.MEDIANCUT, dither=PIL.Image.Dither.NONE)
    file = io.BytesIO()
    few.save(file, "png")
    return data_uri("image/png", file.getvalue())


def _village_maps(partition: Partition, language: Language) -> list[tuple[str, str]]:
    """A map of each village that has located households, unless there are too many."""
    households = partition.households
    names = list(dict.fromkeys(households.loc[households["located"], "village_id"]))
    if not 1 < len(names) <= _MAPS_MOST or len(households) > plot.LARGE:
        return []
    return [(name, map_image(partition, language, 120, village=name)) for name in sorted(names)]


def chart(draw: Any, partition: Partition, language: Language) -> str:
    """A chart of `plot`, such as `plot.sizes`, as a data URI."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.2, 3.1), layout="constrained")
    draw(partition, figure.add_subplot(), language=language)
    file = io.BytesIO()
    plot.save(figure, file, format="svg")
    return data_uri("image/svg+xml", file.getvalue())


def data_uri(kind: str, content: bytes) -> str:
    """A file within a page."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _more(template: str, rest: int) -> str:
    return template.format(rest=f"{rest:,}") if rest > 0 else ""


def _tenth(length_m: float) -> str:
    return f"{length_m:,.1f}" if math.isfinite(length_m) else ""
