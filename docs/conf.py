"""The documentation as a site: Sphinx over the Markdown of docs/, Doxygen's XML and docstrings.

    sphinx-build -W -n --keep-going docs build/docs

The pages are Markdown that reads as well without Sphinx, so the navigation is not written a second
time: the lists of links on `index.md` and on the README of a folder are the site's tree.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.search.en import SearchEnglish

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(Path(__file__).parent))  # header_reference
VERSION = re.findall(
    r"VERSION_(?:MAJOR|MINOR|PATCH) (\d+)",
    (ROOT / "include/gridgov/version.hpp").read_text(encoding="utf-8"),
)

project = "gridgov"
release = ".".join(VERSION)
project_copyright = "the authors of gridgov, Apache-2.0"
language = "en"

extensions = ["header_reference", "myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["examples"]
highlight_language = "none"  # of blocks that name no language

myst_heading_anchors = 4  # as code hosts make them

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
default_role = "code"  # of `names` in docstrings
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True  # some attributes are properties with a docstring, too
napoleon_attr_annotations = False
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = f"gridgov {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"top_of_page_buttons": []}

nitpicky = True
nitpick_ignore_regex = [
    # What is not ours: the standard library, Eigen, Boost; what is nobody's to use: details, the
    # kinds of indices; and our own namespaces, which Sphinx takes for the parameters so called.
    (r"cpp:.*", r"(std|Eigen|boost)(::.*)?|u?int\d+_t|(detail|\w*Kind|Data)(::.*)?"),
    (r"cpp:.*", r"(neighbours|conditions|partition|points|lists)(::.*)?|CourtyardIndex::none"),
    (r"py:.*", r"(?!gridgov\b).*|gridgov\.(_core|planes|wishes)\..*"),
]

HAN = re.compile("[\u3400-\u9fff]+")
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s:]+\.md)\)")


def add_navigation(_app: Sphinx, page: str, source: list[str]) -> None:
    """Turns the lists of links on an index page into what Sphinx calls a toctree."""
    name = Path(page).name
    if name not in ("index", "README"):
        return
    trees: list[str] = []
    seen: set[str] = set()
    heading = r"^## " if name == "index" else r"^# "
    for section in re.split(heading, source[0], flags=re.M)[1:]:
        title, _, text = section.partition("\n")
        pages = [link for link in LINK.findall(text) if not link.startswith("../")]
        pages = [link for link in dict.fromkeys(pages) if link not in seen]
        seen |= set(pages)
        if pages:
            caption = [f":caption: {title}"] if name == "index" else []
            trees.append("\n".join(["```{toctree}", ":hidden:", *caption, "", *pages, "```"]))
    source[0] += "\n\n" + "\n\n".join(trees) + "\n"


class SearchBoth(SearchEnglish):
    """Search in English and Chinese: Han characters, which know no blanks, by pairs."""

    js_splitter_code = r"""
function splitQuery(query) {
    const found = [];
    const parts = /\p{Script=Han}+|[^\P{Letter}\p{Script=Han}]+|[\p{Number}_]+/gu;
    for (const [part] of query.matchAll(parts))
        if (/^\p{Script=Han}{3,}$/u.test(part))
            for (let i = 0; i + 1 < part.length; ++i) found.push(part.slice(i, i + 2));
        else found.push(part);
    return found;
}
"""

    def split(self, input: str) -> list[str]:
        found = []
        for word in super().split(HAN.sub(r" \g<0> ", input)):
            pairs = [word[i : i + 2] for i in range(len(word) - 1)]
            found += [*word, *pairs] if HAN.fullmatch(word) else [word]
        return found


def tell_language(
    _app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: object
) -> None:
    """Chinese pages say that they are, for fonts and for readers aloud."""
    if page.endswith(".zh-CN"):
        context["language"] = "zh-CN"


def show_signature(
    _app: Sphinx, what: str, _name: str, made: Any, _options: object, *_signature: object
) -> tuple[str, None] | None:
    """Of classes only those that people make themselves show what to make them of."""
    return ("", None) if what == "class" and "Args:" not in (made.__doc__ or "") else None


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls."""
    app.connect("source-read", add_navigation)
    app.connect("html-page-context", tell_language)
    app.connect("autodoc-process-signature", show_signature)
    app.add_search_language(SearchBoth)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
