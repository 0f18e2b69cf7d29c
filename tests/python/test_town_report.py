"""The report of a town: three layers joined by village on one page, in both languages; and
directories of the worst."""

import base64
import json
import re
import shutil
import warnings
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import gridgov
from gridgov import cli, fonts, lists, points
from gridgov.town import results
from gridgov.town.texts import TEXTS

from .conftest import Run, snapshot

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    CHINESE = fonts.chinese_family()
pytestmark = pytest.mark.filterwarnings("ignore:no font with Chinese:UserWarning")
VOID = {"meta", "img", "link", "br"}
LAYERS = ("partition", "points", "duties", "workload", "audit")
EVIL = "<script>alert(1)</script>"
CITIZEN = "500234199001011234"

RULES = """[rulebook]
id = "v"
villages = ["*"]
effective_from = 2026-01-01
below_floor = "clamp"
[[rule]]
id = "volunteer"
deed = "volunteer"
points = 30
"""
TOWN = """[catalogue]
id = "town"
effective_from = 2026-01-01
[[actor]]
id = "town"
level = "town"
[[actor]]
id = "east"
title = { zh = "东村", en = "Eastham" }
level = "village"
parent = "town"
[[actor]]
id = "west"
title = { zh = "西村", en = "Westham" }
level = "village"
parent = "town"
[[person]]
id = "张三丰"
posts = ["east.clerk"]
capacity_hours = 3
[[person]]
id = "p2"
posts = ["west.clerk"]
capacity_hours = 100
[[item]]
id = "M-1"
title = { zh = "走访", en = "visits <b>" }
matter = "visits"
list = "must"
actor = "level:village"
lead = "clerk"
hours = 4
recurrence = "FREQ=MONTHLY;BYMONTHDAY=5"
due_days = 5
[[referral]]
from = "east"
to = "west"
matter = "land"
[[referral]]
from = "west"
to = "east"
matter = "land"
"""


class Page(HTMLParser):
    """Tags with attributes, text, and whether tags nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"script", "style"}:
            self.words.append(data)
        if {"td", "th"} & set(self.open) and self.rows[-1]:
            self.rows[-1][-1] += data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def row(self, first: str) -> list[str]:
        return next(row for row in self.rows if row and row[0] == first)


def made(directory: Path, *, lang: str = "en", east: str = "东村", head: str = "h") -> None:
    """All that five commands write of two villages, in a directory."""
    rows = [
        f"{head if i == 0 else 'h'}{i},{i % 8 * 20},{i // 8 * 20 + (5000 if i >= 40 else 0)},"
        f"{east if i < 40 else '西村'}"
        for i in range(45)
    ]
    (directory / "households.csv").write_text("\n".join(["id,x_m,y_m,village", *rows]) + "\n")
    (directory / "town.toml").write_text(TOWN)
    (directory / "rules.toml").write_text(RULES)
    (directory / "members.csv").write_text(
        f"household_id,village,name\n{head}0,{east},张三\nh1,{east},李四\nh44,西村,王五\n"
    )
    (directory / "register.csv").write_text(
        "register_no,date,household_id,deed,stage\n"
        f"r1,2026-01-10,{head}0,volunteer,posted\nr2,2026-02-10,h1,volunteer,posted\n"
        "r3,2026-02-11,h44,volunteer,posted\n"
    )
    (directory / "goods.csv").write_text(
        "good,title,points,stock,shop,effective_from,yuan\nkettle,壶,20,5,s,2026-01-01,10\n"
    )
    (directory / "exchanges.csv").write_text(
        "exchange_no,date,household_id,good,quantity,shop\n"
        f"x1,2026-03-01,{head}0,kettle,1,s\nx2,2026-03-02,h1,kettle,9,s\n"
    )
    (directory / "done.csv").write_text(
        "date,item,actor\n2026-01-06,M-1,east\n2026-02-20,M-1,east\n2026-01-05,M-1,west\n"
    )

    def run(out: str, *words: str, codes: tuple[int, ...] = (0,)) -> None:
        command = [str(directory / w) if w.endswith((".csv", ".toml")) else w for w in words]
        place = str(directory / out)
        assert cli.main([*command, "--out", place, "--quiet", "--lang", lang]) in codes

    run("partition", "partition", "households.csv", codes=(1,))
    run("points", "points", "settle", "rules.toml", "--households", "members.csv", "--register",
        "register.csv", "--exchanges", "exchanges.csv", "--goods", "goods.csv", "--as-of",
        "2026-03-31")  # fmt: skip
    run("duties", "lists", "duties", "town.toml", "--evidence", "done.csv", "--as-of", "2026-03-31")
    run("workload", "lists", "workload", "town.toml", codes=(1,))
    run("audit", "lists", "audit", "town.toml", codes=(0, 1))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("town")
    made(directory)
    return directory


@pytest.fixture
def here(run: Run, town: Path) -> Run:
    """The five directories in the working directory of `run`."""
    for name in LAYERS:
        shutil.copytree(town / name, name)
    shutil.copy(town / "town.toml", "town.toml")
    return run


def page(run: Run, *words: object, code: int = 0) -> Page:
    outcome = run("report", *words, "--out", "report.html")
    assert outcome.code == code, outcome.err
    return Page(Path("report.html").read_text(encoding="utf-8"))


def refused(run: Run, *words: object) -> str:
    outcome = run("report", *words, "--out", "report.html")
    assert outcome.code == 2
    assert not Path("report.html").exists()
    told: str = outcome.err
    return told


class TestJoined:
    def test_a_row_for_each_village(self, here: Run) -> None:
        found = page(here, *LAYERS, "--catalogue", "town.toml")
        # households; courtyards, within, not, mean; issued, held, exchanged, liability;
        # items, met, late, missed; posts overloaded
        east, west = found.row("东村"), found.row("西村")
        assert east[1:5] == ["40", "2", "2", "0"]
        assert east[6:10] == ["60", "40", "20", "20"]
        assert east[10:] == ["1", "1", "1", "1", "1"]
        assert west[1:5] == ["5", "1", "0", "1"]
        assert west[6:10] == ["30", "30", "0", "15"]
        assert west[10:] == ["1", "1", "0", "2", "0"]
        total = found.row("all")
        assert total[1:5] == ["45", "3", "2", "1"]
        assert total[6:10] == ["90", "70", "20", "35"]
        assert total[10:] == ["1", "2", "1", "3", "1"]
        assert "As of 2026-03-31" in found.text
        assert "1 courtyards not within the rules; 3 duties missed" in found.text

    def test_without_the_catalogue_ids_stay_apart_and_it_is_said(self, here: Run) -> None:
        found = page(here, *LAYERS)
        assert found.row("东村")[10:] == ["–"] * 4 + ["0"]
        assert found.row("east")[10:] == ["1", "1", "1", "1", "1"]
        assert "give the catalogue" in found.text

    def test_each_layer_alone(self, here: Run) -> None:
        for layer in LAYERS:
            found = page(here, layer, "--force")
            shown = {attributes["alt"] for tag, attributes in found.tags if tag == "img"}
            assert bool(shown) == (layer != "audit"), layer

    def test_reasons_in_words(self, here: Run) -> None:
        found = page(here, *LAYERS, "--catalogue", "town.toml")
        courtyards = (Path("partition") / "courtyards.csv").read_text()
        reason = re.search(r"西村-1,.*?,proved,\"?([^\"\n]+)", courtyards)
        assert reason
        assert reason[1].split(",")[0] in found.text
        assert "x2" in found.text  # the refused exchange
        assert "M-1 can be done by nobody but 张**, take 4.0 hours, and there are 3.0" in found.text
        assert "visits <b>" in found.text

    def test_order_does_not_matter_and_bytes_repeat(self, here: Run) -> None:
        page(here, *LAYERS)
        first = Path("report.html").read_bytes()
        page(here, *reversed(LAYERS), "--force")
        assert Path("report.html").read_bytes() == first

    def test_by_python(self, here: Run, town: Path) -> None:
        catalogue = lists.catalogue("town.toml")
        rows = (town / "done.csv").read_text().splitlines()[1:]
        evidence = dict(
            zip(
                ("date", "item", "actor"),
                zip(*(r.split(",") for r in rows), strict=True),
                strict=True,
            )
        )
        evidence = {name: list(column) for name, column in evidence.items()}
        p = gridgov.partition([(i % 8 * 20.0, i // 8 * 20.0) for i in range(40)])
        s = points.settle(
            {
                "rulebook": {"id": "v", "villages": ["*"], "effective_from": "2026-01-01"},
                "rule": [{"id": "r", "deed": "d", "points": 2}],
            },
            {"household_id": ["h"], "village": ["东村"]},
            {"register_no": ["r1"], "date": ["2026-01-01"], "household_id": ["h"], "deed": ["d"],
             "stage": ["posted"]},
            as_of="2026-03-31",
        )  # fmt: skip
        file = gridgov.write_report(
            "page.html",
            p,
            s,
            lists.duties(catalogue, evidence, as_of="2026-03-31"),
            lists.workload(catalogue, months=3),
            lists.audit(catalogue),
            catalogue=catalogue,
            language="en",
            names={"h": "张三"},
        )
        found = Page(file.read_text(encoding="utf-8"))
        assert found.row("东村")[6:9] == ["2", "2", "0"]
        assert "张三" not in found.text
        with pytest.raises(FileExistsError):
            gridgov.write_report("page.html", p)
        with pytest.raises(gridgov.DataError) as refused:
            gridgov.write_report("page.html", p, p, "nowhere", force=True)
        assert {f.code for f in refused.value.findings} == {
            "report_not_results",
            "report_same_twice",
        }
        for wrong in ((), (3,), ([1],)):
            with pytest.raises(gridgov.UsageError):
                gridgov.write_report("other.html", *wrong)
        assert not Path("other.html").exists()


class TestPage:
    @pytest.mark.parametrize(
        "lang",
        ["en", pytest.param("zh", marks=pytest.mark.skipif(CHINESE is None, reason="no font"))],
    )
    def test_needs_nothing_else(self, here: Run, lang: str) -> None:
        found = page(here, *LAYERS, "--catalogue", "town.toml", "--lang", lang)
        text = Path("report.html").read_text(encoding="utf-8")
        assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in text
        assert TEXTS[lang]["title"] in found.text  # type: ignore[index]
        for _, attributes in found.tags:
            for name in ("src", "href", "action", "srcset", "data"):
                value = attributes.get(name)
                assert value is None or value.startswith("data:image/")
        assert not {"link", "iframe", "object", "base"} & {tag for tag, _ in found.tags}
        styles = re.sub(r"data:[^\"]*", "", text)
        assert not re.search(r"url\(|@import|https?://|fetch\(|XMLHttpRequest", styles)
        pictures = [attributes["src"] for tag, attributes in found.tags if tag == "img"]
        assert len(pictures) >= 7
        for picture in pictures:
            kind, content = picture.removeprefix("data:").split(";base64,")
            start = base64.b64decode(content, validate=True).lstrip()[:5]
            assert start == (b"\x89PNG\r" if kind == "image/png" else b"<?xml")

    def test_prints_on_a4(self, here: Run) -> None:
        page(here, "partition")
        text = Path("report.html").read_text(encoding="utf-8")
        assert "size: A4" in text
        assert "break-before: page" in text
        assert "display: table-header-group" in text
        assert text.count("<thead>") == text.count("<table")

    def test_languages_have_the_same_texts(self) -> None:
        assert TEXTS["en"].keys() == TEXTS["zh"].keys()
        source = "".join(
            file.read_text()
            for file in Path(results.__file__).parent.iterdir()
            if file.is_file() and file.name != "texts.py"
        )
        for key, english in TEXTS["en"].items():
            chinese = TEXTS["zh"][key]
            assert sorted(re.findall(r"{[^}]*}", english)) == sorted(
                re.findall(r"{[^}]*}", chinese)
            )
            stem = re.sub(r"^(say|tile|mean)_", "", key)
            if key in ("proved", "unknown"):  # words of courtyards.csv
                continue
            assert re.search(rf"\b{key}\b|\b{stem}\b", source), f"{key} is never used"
            assert key == "none" or re.search("[\u4e00-\u9fff]|[；、]|{", chinese), key
        assert "非法" not in "".join(TEXTS["zh"].values())

    def test_the_locale_chooses(self, here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
        assert TEXTS["zh"]["villages"] in page(here, "audit").text

    def test_names_are_masked_unless_asked(self, here: Run) -> None:
        masked = page(here, *LAYERS, "--catalogue", "town.toml").text
        assert "张三丰" not in Path("report.html").read_text(encoding="utf-8")
        assert "张**" in masked
        shown = page(here, *LAYERS, "--catalogue", "town.toml", "--unmasked", "--force").text
        assert "张三丰" in shown
        assert TEXTS["en"]["unmasked"] in shown

    def test_hostile_names(self, run: Run) -> None:
        made(Path(), east=f"_{EVIL}$x^$", head=CITIZEN)
        found = page(run, *LAYERS, "--catalogue", "town.toml")
        text = Path("report.html").read_text(encoding="utf-8")
        assert EVIL not in text
        assert [tag for tag, _ in found.tags].count("script") == 1
        assert f"_{EVIL}$x^$" in found.text
        assert CITIZEN not in text


class TestRefused:
    def test_what_is_no_result(self, here: Run) -> None:
        Path("empty").mkdir()
        told = refused(here, "empty", "nowhere", "town.toml", "partition")
        assert [line.split(" ")[0] for line in told.splitlines()[:3]] == [
            "empty", "nowhere", "town.toml",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "manifest",
        [
            b"",
            b"[1]",
            b"\xff\xfe",
            b"[" * 100_000,
            b'{"program": "other", "command": "partition"}',
            b'{"program": "gridgov", "command": 3}',
            b'{"program": "gridgov", "command": "partition", "version": "1", "inputs": [{}]}',
        ],
    )
    def test_a_damaged_manifest(self, here: Run, manifest: bytes) -> None:
        Path("audit/manifest.json").write_bytes(manifest)
        assert "audit/manifest.json is not as gridgov wrote it" in refused(here, *LAYERS)

    @pytest.mark.parametrize(
        ("file", "change"),
        [
            ("partition/map.png", lambda data: data[:100]),
            ("partition/map.png", lambda data: b"GIF89a" + data),
            ("partition/courtyards.csv", lambda data: data.replace(b"within", b"wihtin")),
            ("partition/courtyards.csv", lambda data: data.replace(b",20,", b",nan,")),
            ("partition/courtyards.csv", lambda data: data.replace(b"status", b"stat")),
            ("partition/households.csv", lambda data: data.rsplit(b"\n", 2)[0]),
            ("partition/summary.json", lambda data: data.replace(b'"max"', b'"most"')),
            ("partition/summary.json", lambda data: data.replace(b'"max": ', b'"max": -')),
            ("partition/summary.json", lambda data: data.replace(b'"max": ', b'"max": 1e999')),
            ("partition/findings.json", lambda _: b'{"findings": [{"message": 1}]}'),
            ("points/state.bin", lambda data: data[:-1]),
            ("points/summary.json", lambda _: b"{"),
            ("duties/summary.json", lambda data: data.replace(b"2026-03-31", b"soon")),
            ("duties/windows.csv", lambda data: data.replace(b"missed", b"mist")),
            ("duties/windows.csv", lambda data: data.replace(b"2026-01-05", b"2026-99-05")),
            ("duties/rates.csv", lambda data: data.replace(b",1,", b",-1,")),
            ("workload/persons.csv", lambda data: data.replace(b"hours", b"Stunden")),
            ("workload/summary.json", lambda data: data.replace(b'"hours"', b'"h"')),
            ("audit/findings.json", lambda _: b"null"),
        ],
    )
    def test_a_damaged_file(self, here: Run, file: str, change: Any) -> None:
        path = Path(file)
        data = path.read_bytes()
        assert change(data) != data
        path.write_bytes(change(data))
        told = refused(here, *LAYERS)
        assert file in told or "households.csv ≠ courtyards.csv" in told
        path.unlink()
        assert path.parts[0] in refused(here, *LAYERS)

    def test_a_result_that_is_not_shown(self, here: Run) -> None:
        made_by = json.loads(Path("audit/manifest.json").read_text())
        Path("audit/manifest.json").write_text(json.dumps(made_by | {"command": "lists match"}))
        assert "lists match" in refused(here, "audit")

    def test_the_same_twice(self, here: Run) -> None:
        for name in LAYERS:
            shutil.copytree(name, f"{name}2")
        told = refused(here, *LAYERS, *(f"{name}2" for name in LAYERS))
        assert len(re.findall(r"in .* too", told)) == len(LAYERS)

    def test_days_differ(self, here: Run) -> None:
        summary = Path("duties/summary.json")
        summary.write_text(summary.read_text().replace("2026-03-31", "2026-04-30"))
        told = refused(here, *LAYERS)
        assert "duties is as of 2026-04-30, but points is as of 2026-03-31" in told

    def test_months_elsewhere_are_noted(self, here: Run) -> None:
        for name in ("persons", "posts", "months"):
            path = Path(f"workload/{name}.csv")
            path.write_text(path.read_text().replace("2026-", "2027-"))
        told = page(here, "duties", "workload").text
        assert "The workload is of 2027-01 to 2027-12; 2026-03-31 is not within." in told

    def test_all_faults_at_once(self, here: Run) -> None:
        Path("audit/manifest.json").write_text("")
        Path("report.html").mkdir()
        outcome = here(
            "report", "nowhere", "audit", "--out", "report.html", "--catalogue", "no.toml"
        )
        assert outcome.code == 2
        for word in ("report.html", "nowhere", "audit", "no.toml"):
            assert word in outcome.err

    def test_places(self, here: Run) -> None:
        assert here("report", "audit", "--out", "audit/r.html").code == 2
        assert here("report", "audit", "--out", "no/r.html").code == 2
        assert here("report", "audit").code == 2
        assert here("report", "--out", "r.html").code == 2
        page(here, "audit")
        assert here("report", "audit", "--out", "report.html").code == 2
        assert here("report", "audit", "--out", "report.html", "--force").code == 0

    def test_nothing_is_left_of_a_failure(self, here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        before = snapshot(Path())

        def fail(*_words: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", fail)
            assert here("report", "audit", "--out", "report.html").code == 2
        assert snapshot(Path()) == before


def test_json(here: Run) -> None:
    outcome = here("report", *LAYERS, "--out", "report.html", "--json")
    told = json.loads(outcome.out)
    assert (told["as_of"], told["points"], told["audit"]) == ("2026-03-31", 1, 1)
    assert told["findings"]
