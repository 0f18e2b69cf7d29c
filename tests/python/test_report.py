"""The report: one file that needs nothing else, in both languages, safe against what ids hold."""

import base64
import re
import warnings
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import gridgov
from gridgov import fonts, report

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    CHINESE = fonts.chinese_family()
pytestmark = pytest.mark.filterwarnings("ignore:no font with Chinese:UserWarning")
LANGUAGES = ["en", pytest.param("zh", marks=pytest.mark.skipif(CHINESE is None, reason="no font"))]
VOID = {"meta", "img", "link", "br"}


class Page(HTMLParser):
    """Tags with attributes, text, and whether tags nest."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.words = [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"script", "style"}:
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def partition():
    """Three villages, one of them too small."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.uniform(0, 400, (127, 2)), columns=["x_m", "y_m"])
    frame["village"] = np.repeat(["马营村", "甘泉村", "小村"], [60, 60, 7])
    frame["id"] = [f"H{row:03}" for row in frame.index]
    return gridgov.partition(frame, grids=3)


@pytest.fixture(scope="module")
def pages(partition):
    return {language: report.html(partition, language) for language in ("en", "zh")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_needs_nothing_else(pages, language):
    page = Page(pages[language])
    for _, attributes in page.tags:
        for name in ("src", "href", "action", "srcset", "data"):
            value = attributes.get(name)
            assert value is None or value.startswith("data:image/")
    assert not [tag for tag, _ in page.tags if tag in {"link", "iframe", "object", "base"}]
    styles = re.sub(r"data:[^\"]*", "", pages[language])
    assert not re.search(r"url\(|@import|https?://|fetch\(|XMLHttpRequest", styles)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_are_there(pages, language):
    kinds = []
    for tag, attributes in Page(pages[language]).tags:
        if tag == "img":
            kind, content = attributes["src"].removeprefix("data:").split(";base64,")
            content = base64.b64decode(content, validate=True)
            assert content.startswith(b"\x89PNG" if kind == "image/png" else b"<?xml")
            assert len(content) > 5000
            assert attributes["alt"]
            kinds.append(kind)
    assert kinds.count("image/svg+xml") == 2
    assert kinds.count("image/png") == 1 + 3  # the town, its villages


@pytest.mark.parametrize("language", LANGUAGES)
def test_tells_what_there_is(pages, partition, language):
    text = Page(pages[language]).text
    for courtyard in partition.courtyards["courtyard_id"]:
        assert courtyard in text
    broken = partition.courtyards["status"] != "within"
    assert broken.sum() == 1
    assert partition.reasons(language)[int(np.flatnonzero(broken)[0])] in text
    assert report.TEXTS[language]["proved"] in text
    assert f"{partition.summary['mean_distance_m']:,.0f}" in text
    assert partition.summary["version"] in text


@pytest.mark.skipif(CHINESE is None, reason="no font with Chinese glyphs")
def test_chinese_says_standard_never_illegal(pages):
    assert "不合标准" in pages["zh"]
    assert "合标准" in pages["zh"]
    assert "非法" not in pages["zh"]
    assert '<html lang="zh-CN">' in pages["zh"]


def test_languages_have_the_same_texts():
    from gridgov import plot

    for texts in (report.TEXTS, plot.TEXTS):
        assert texts["en"].keys() == texts["zh"].keys()
        for key, english in texts["en"].items():
            blanks = [sorted(re.findall(r"{[^}]*}", text)) for text in (english, texts["zh"][key])]
            assert blanks[0] == blanks[1] or key in {"and_more"}, key


def test_hostile_ids_are_text(tmp_path):
    evil = "</td><script>alert(1)</script><img src=http://x/ onerror=alert(1)>&\"'"
    frame = pd.DataFrame({"x_m": np.arange(40) * 10.0, "y_m": np.zeros(40)})
    frame["village"] = np.where(frame.index < 33, evil, "{{ 7 * 7 }}")
    frame["id"] = [f"{evil}{row}" for row in frame.index]
    manifest = {"options": {"out": evil}, "inputs": [{"file": evil, "bytes": 1, "sha256": evil}]}
    path = tmp_path / "report.html"
    report.write(gridgov.partition(frame), path, "en", manifest=manifest)
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not [attributes for _, attributes in page.tags if "onerror" in attributes]
    assert "{{ 7 * 7 }}" in page.text
    assert " ".join(evil.split()) in page.text


def test_all_within_says_so():
    page = report.html(gridgov.partition([(i % 8 * 20.0, i // 8 * 20.0) for i in range(64)]))
    text = report.TEXTS["en"]
    assert text["verdict_good"] in page
    assert text["no_findings"] in page
    assert text["broken"] not in page
    assert text["village_maps"] not in page


def test_long_tables_say_where_the_rest_is(monkeypatch, partition):
    monkeypatch.setattr(report, "_COURTYARDS_MOST", 2)
    page = Page(report.html(partition))
    assert "The first 2 of" in page.text
    assert "courtyards.csv" in page.text
    shown = [
        courtyard
        for courtyard in partition.courtyards["courtyard_id"]
        if f" {courtyard} " in page.text
    ]
    assert len(shown) == 2
    assert "小村-1" in shown  # what is not within comes first


def test_same_bytes(partition, pages):
    assert report.html(partition) == pages["en"]


@pytest.mark.parametrize("count", [1, 9])
def test_tiny_towns(count):
    page = report.html(gridgov.partition([(10.0 * place, 0.0) for place in range(count)]))
    assert report.TEXTS["en"]["proved"] in page
