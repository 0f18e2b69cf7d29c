"""The documentation: every link leads somewhere, every snippet runs, every header has its page.

Some pages' snippets are run by the tests of their subject (ELSEWHERE); all others are run here, so
that a new page is never forgotten.
"""

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

Run = Callable[..., Any]  # the fixture of conftest.py

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

GUIDES = [
    f"docs/guide/{name}" for name in ("partition", "points", "lists", "report", "distributed")
]
CHINESE = ".zh-CN.md"
ELSEWHERE = {  # by language of the snippets: test_readme, test_distributed; tests/package
    "python": {"README.md", "README.zh-CN.md"}
    | {guide + end for guide in GUIDES for end in (".md", CHINESE)},
    "cpp": {"README.md", "README.zh-CN.md", "docs/guide/cpp.md", "docs/guide/cpp.zh-CN.md"},
}
LANGUAGES = {"", "sh", "python", "cpp", "cmake", "toml", "{headers}", "{eval-rst}"}

# Whose pages we point at. A link to anybody else is looked at by a person first, and added here.
HOSTS = {
    "cr.yp.to", "docs.dask.org", "github.com", "keepachangelog.com", "semver.org",
    "spark.apache.org", "www.omg.org",
}  # fmt: skip


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def fences(text: str) -> list[tuple[str, str]]:
    """Language and content of every fenced block."""
    return re.findall(r"^```([^\n`]*)\n(.*?)^```$", text, re.M | re.S)


def blocks(name: str, language: str) -> list[str]:
    return [content for given, content in fences(text_of(name)) if given == language]


def with_blocks(language: str) -> list[str]:
    return [name for name in NAMES if blocks(name, language)]


# Links


def prose(text: str) -> str:
    """The text without its fenced blocks and code."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "code", text)


def links(text: str) -> list[str]:
    """What a page links to, pictures included."""
    return re.findall(r"\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)", prose(text))


def anchors(text: str) -> set[str]:
    """The anchors of headings, as code hosts and MyST make them."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    titles = re.findall(r"^#+ (.*)$", text, re.M)
    slugs = [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]
    return {f"{slug}-{n}" if n else slug for slug in slugs for n in range(slugs.count(slug))}


def broken_links(page: Path) -> list[str]:
    """What of a page's links leads nowhere."""
    found = []
    for link in links(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            parts = urlsplit(link)
            if parts.scheme != "https" or parts.hostname not in HOSTS:
                found.append(f"{link}: not https, or a host that is not listed in test_docs.py")
            continue
        file, _, heading = link.partition("#")
        there = (page.parent / file).resolve() if file else page
        if not there.exists():
            found.append(f"{link}: no such file")
        elif heading and heading not in anchors(there.read_text(encoding="utf-8")):
            found.append(f"{link}: no such heading")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    assert broken_links(ROOT / name) == []


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("other.md", None),
        ("other.md#a-heading", None),
        ("#here", None),
        ("https://github.com/pysal/spopt", None),
        ("missing.md", "no such file"),
        ("missing.png", "no such file"),
        ("other.md#no-heading", "no such heading"),
        ("#nowhere", "no such heading"),
        ("http://github.com/pysal/spopt", "not https"),
        ("https://example.invalid/", "not listed"),
    ],
)
def test_a_broken_link_is_found(tmp_path: Path, link: str, why: str | None) -> None:
    (tmp_path / "other.md").write_text("# Other\n\n## A heading\n")
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n## Here\n\nSee\n[this]({link}), or `[code](is-not-a-link.md)`.\n")
    assert [why in fault for fault in broken_links(page)] == [True] * (why is not None)


# Snippets


@pytest.mark.parametrize("name", NAMES)
def test_every_snippet_is_of_a_language_that_is_tested(name: str) -> None:
    assert {language.split(" ")[0] for language, _ in fences(text_of(name))} <= LANGUAGES
    assert len(re.findall(r"^ *```", text_of(name), re.M)) == 2 * len(fences(text_of(name)))


def test_what_runs_elsewhere_is_there() -> None:
    assert ELSEWHERE["python"] <= set(with_blocks("python"))
    tests = text_of("tests/python/test_readme.py") + text_of("tests/python/test_distributed.py")
    for page in ELSEWHERE["python"]:
        assert Path(page).name in tests, f"no test runs the Python of {page}"


@pytest.mark.parametrize("name", sorted(set(with_blocks("python")) - ELSEWHERE["python"]))
def test_python_runs_as_written(name: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "docs/explanation/points.md":  # it reads a ledger, made here by the guide's example
        settle = next(call for call in gridgov_calls("docs/guide/points.md") if "settle" in call)
        files = [str(ROOT / word) if word.startswith("docs/") else word for word in settle]
        assert run(*files).code == 0
        monkeypatch.chdir(files[-1])
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(name, "python"):
        exec(compile(block, name, "exec"), names)


@pytest.mark.parametrize("name", sorted(set(with_blocks("cpp")) - ELSEWHERE["cpp"]))
def test_cpp_compiles_and_runs(name: str, tmp_path: Path) -> None:
    library = ROOT / "build/release/libgridgov.a"  # there in `./run test`
    compiler = shutil.which("g++")
    assert compiler is not None
    for number, block in enumerate(blocks(name, "cpp")):
        source = tmp_path / f"snippet{number}.cpp"
        source.write_text(block, encoding="utf-8")
        call = [compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'include'}"]
        if library.exists():
            program = tmp_path / f"snippet{number}"
            call += [str(source), str(library), "-lcrypto", "-pthread", "-o", str(program)]
            subprocess.run(call, check=True)
            subprocess.run([program], check=True, stdout=subprocess.DEVNULL)
        else:
            subprocess.run([*call, "-fsyntax-only", str(source)], check=True)


def gridgov_calls(name: str) -> list[list[str]]:
    """The arguments of every `./run gridgov …` of a page, in order."""
    joined = "".join(blocks(name, "sh")).replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.startswith("./run gridgov ")]
    return [shlex.split(line)[2:] for line in lines]


def run_all(name: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    for arguments in gridgov_calls(name):
        outcome = run(*arguments)
        # A wish of `explain` may cost more than can be granted: that is an answer, too.
        assert outcome.code in ((0, 1) if arguments[0] == "explain" else (0,)), (
            arguments,
            outcome.out,
            outcome.err,
        )


@pytest.mark.parametrize("name", ["docs/tutorials/official.md", "docs/tutorials/official.zh-CN.md"])
def test_the_tutorial_runs_from_spreadsheet_to_report(name: str, run: Run, tmp_path: Path) -> None:
    run_all(name, run, tmp_path)
    for made in ("courtyards/map.png", "points/ledger.csv", "report.html", "revised/changes.csv"):
        assert (tmp_path / "out" / made).stat().st_size > 0
    summary = (tmp_path / "out/courtyards/summary.json").read_text(encoding="utf-8")
    for figure in ("240", "12", "54.6"):  # that the pages state
        assert figure in text_of(name)
    assert '"courtyards": 12,' in summary
    assert '"mean_distance_m": 54.6' in summary


@pytest.mark.usefixtures("without_pictures")
def test_the_guide_of_courtyards_runs(run: Run, tmp_path: Path) -> None:
    demo = tmp_path / "out/demo"  # of `./run demo`
    run("simulate", "township", "--out", demo / "township")
    run(
        "partition", demo / "township/households.csv", "--out", demo / "result",
        "--barriers", demo / "township/barriers.geojson", "--grids", 15,
        "--group-column", "group", "--head-column", "may_be_head",
    )  # fmt: skip
    run_all("docs/guide/partition.md", run, tmp_path)


@pytest.mark.parametrize("name", ["docs/guide/report.md", "docs/guide/files.md"])
def test_the_guides_run(name: str, run: Run, tmp_path: Path) -> None:
    run_all(name, run, tmp_path)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(CHINESE)])
def test_a_chinese_page_shows_the_commands_of_the_english_one(name: str) -> None:
    def calls(page: str) -> list[list[str]]:
        every = [" ".join(arguments) for arguments in gridgov_calls(page)]
        return [re.sub(r" --lang (en|zh)", "", call).split() for call in every]

    if "index" not in name:
        assert calls(name) == calls(name.replace(CHINESE, ".md"))


# Reference


def test_every_layer_s_headers_have_a_page() -> None:
    shown = "".join(page.read_text(encoding="utf-8") for page in PAGES if "cpp" in page.parts)
    layers = set(re.findall(r"^```{headers} (\S+)$", shown, re.M))
    there = {path.name for path in (ROOT / "include/gridgov").iterdir() if path.is_dir()}
    assert layers == there | {"."}


def test_every_page_is_on_the_site() -> None:
    """Sphinx warns of a page that no index names; this says so without building the site."""
    named = set()
    for index in ("docs/index.md", *(n for n in NAMES if n.startswith("docs/") and "README" in n)):
        folder = (ROOT / index).parent
        named |= {(folder / link.partition("#")[0]).resolve() for link in links(text_of(index))}
    pages = {page.resolve() for page in PAGES if ROOT / "docs" in page.parents}
    pages -= {path for path in pages if path.parent.name == "examples"}
    assert pages - named == {(ROOT / "docs/index.md").resolve()}
