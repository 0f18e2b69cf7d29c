"""The command line among terminals, pipes, locales and full disks, as a program of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gridgov import cli, help_pages

Run = Callable[..., Any]  # the fixture of conftest.py

TABLE = "id,x_m,y_m,village\n" + "".join(f"h{i},{i % 8 * 10},{i // 8 * 10},村\n" for i in range(40))


def call(*arguments: str, cwd: Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd), "LANG": "C.UTF-8"}
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "MPLCONFIGDIR"):
        if name in os.environ:
            environment[name] = os.environ[name]
    environment |= options.pop("env", {})
    done = subprocess.run(
        [sys.executable, "-m", "gridgov", *arguments],
        cwd=cwd, env=environment, check=False, **{"capture_output": True} | options,
    )  # fmt: skip
    for stream in (done.stdout, done.stderr):
        assert b"Traceback" not in (stream or b"")
        assert b"Exception ignored" not in (stream or b"")
    return done


LOCALES = {
    "C": {"LANG": "C", "LC_ALL": "C"},
    "C without coercion": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "ASCII": {"PYTHONIOENCODING": "ascii"},
    "Latin-1": {"PYTHONIOENCODING": "latin-1"},
    "GBK": {"PYTHONIOENCODING": "gbk"},
    "no such locale": {"LC_ALL": "xx_YY.nothing"},
}


@pytest.mark.parametrize("name", LOCALES)
def test_locales(name: str, tmp_path: Path) -> None:
    """Whatever cannot be written is replaced; files are UTF-8 all the same."""
    (tmp_path / "村.csv").write_text(TABLE.replace("h7,70,0", "户,x,0"), encoding="utf-8")
    env = LOCALES[name]
    helped = call("verify", "--help", "--lang", "zh", cwd=tmp_path, env=env)
    assert (helped.returncode, helped.stderr) == (0, b"")
    assert b"--barriers" in helped.stdout
    bad = call("partition", "村.csv", "--out", "o", "--lang", "zh", "--json", cwd=tmp_path, env=env)
    assert bad.returncode == 2
    assert b".csv:9: " in bad.stderr
    assert bad.stdout.startswith(b"{")
    if name == "GBK":
        assert "应为数字" in bad.stderr.decode("gbk")


def test_names_of_files_that_are_no_text(tmp_path: Path) -> None:
    name = b"h\xff\xfe.csv"
    (tmp_path / os.fsdecode(name)).write_text("id,x_m,y_m\na,1,x\n")
    done = call("partition", os.fsdecode(name), "--out", "o", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert b":2: a: y_m is" in done.stderr


def test_streams_that_are_closed(tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text("id,x_m,y_m\na,1,x\n")
    for line in ("--help >&-", "partition h.csv --out o 2>&-", "doctor >&- 2>&-"):
        shell = f'"{sys.executable}" -m gridgov {line}'
        done = subprocess.run(["bash", "-c", shell], cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == (2 if "partition" in line else 0), line
        assert done.stdout + done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("line", ["doctor", "--help", "partition h.csv --out o --json"])
def test_a_full_disk_behind_stdout(line: str, tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text("id,x_m,y_m\na,1,x\n")
    with Path("/dev/full").open("wb") as full:
        done = call(*line.split(), cwd=tmp_path, stdout=full, stderr=subprocess.PIPE,
                    capture_output=False)  # fmt: skip
    assert done.returncode == 2
    assert b"No space left on device" in done.stderr


@pytest.mark.parametrize("line", ["doctor", "--help"])
def test_readers_that_go_away(line: str, tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as pipe:
        done = call(*line.split(), cwd=tmp_path, stdout=pipe, stderr=subprocess.PIPE,
                    capture_output=False)  # fmt: skip
    assert done.stderr == b""
    assert done.returncode in (0, 1)


@pytest.mark.parametrize("place", [".", "/dev/zero", "nothing.csv", "h.csv/x", "x" * 5000, "loop"])
def test_what_is_no_file(place: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text(TABLE)
    (tmp_path / "loop").symlink_to("loop")
    outcome = run("partition", place, "--out", "o")
    assert outcome.code == 2
    assert len(outcome.err.splitlines()) == 1
    assert run("lists", "cases", place, "--as-of", "2026-01-01").code == 2
    assert run("lists", "audit", place).code == 2
    given = ("--register", place, "--as-of", "2026-01-01", "--out", "o")
    assert run("points", "settle", "h.csv", "--households", place, *given).code == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_no_permission(tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text(TABLE)
    (tmp_path / "h.csv").chmod(0)
    done = call("partition", "h.csv", "--out", "o", cwd=tmp_path)
    assert (done.returncode, b"Permission denied" in done.stderr) == (2, True)


def test_a_file_that_the_system_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied", "h.csv")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    (tmp_path / "h.csv").write_text(TABLE)
    monkeypatch.setattr(Path, "open", refuse)  # before the file is read: tables see it
    assert cli.main(["partition", "h.csv", "--out", "o"]) == 2
    assert "Permission denied" in capsys.readouterr().err


class TestColours:
    """Only on a terminal."""

    def shown(self, tmp_path: Path, *arguments: str, **env: str) -> str:
        """What a terminal of 80 columns is sent."""
        import pty

        (tmp_path / "h.csv").write_text(TABLE)
        try:
            here, there = pty.openpty()
        except OSError:
            pytest.skip("no terminal to be had: /dev/pts is not mounted")
        environment = os.environ | {"COLUMNS": "80", "TERM": "xterm", "LC_ALL": "C.UTF-8"} | env
        command = [sys.executable, "-m", "gridgov", *arguments]
        done = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdin=there, stdout=there, stderr=there
        )
        os.close(there)
        found = b""
        while True:
            try:
                piece = os.read(here, 4096)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            found += piece
        os.close(here)
        assert done.wait() == 0
        return found.decode()

    def test_a_terminal(self, tmp_path: Path) -> None:
        colour = re.compile(r"\x1b\[(?:\d+;)*(?:3|4|9|10)[0-8]")
        assert not colour.search(self.shown(tmp_path, "doctor", NO_COLOR="1"))
        assert "\x1b[" not in self.shown(tmp_path, "verify", "--help")

    def test_a_table_is_not_cut(self, tmp_path: Path) -> None:
        """A narrow terminal breaks lines by itself; what is cut cannot be read."""
        line = ("compare", "h.csv", "--algorithms", "hilbert", "--lang", "zh")
        shown = self.shown(tmp_path, *line, COLUMNS="40")
        assert shown.startswith("\x1b[1m算法")
        assert "…" not in shown
        for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            assert "\x1b[" not in self.shown(tmp_path, *line, **env)

    @pytest.mark.parametrize("env", [{}, {"GITHUB_ACTIONS": "true"}, {"TERM": "xterm-256color"}])
    def test_a_pipe(self, env: dict[str, str], tmp_path: Path) -> None:
        assert b"\x1b" not in call("doctor", cwd=tmp_path, env=env).stdout


class TestWidth:
    @pytest.mark.parametrize("width", [40, 60, 80, 200])
    @pytest.mark.parametrize("lang", ["en", "zh"])
    @pytest.mark.parametrize("command", ["", "simulate", "points", "lists", *cli.COMMANDS])
    def test_help_fits_and_says_it_all(
        self, command: str, lang: Any, width: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", str(width))
        path = f"gridgov {command}".strip()
        known = command in cli.COMMANDS
        page = (cli._command_page if known else cli._group_page)(path, lang)
        lines = page.splitlines()
        wide = [line for line in lines if help_pages.cells(line) > min(width, 100)]
        assert all(len(line.split()) <= 3 for line in wide), wide  # one word too long to break
        assert width < 80 or not wide
        assert ("用法" in page) == (lang == "zh")
        if known:
            assert re.sub(r"[\s\\]+", " ", cli.COMMANDS[command].example) in re.sub(
                r"[\s\\]+", " ", page
            )

    def test_lines(self) -> None:
        text = "户，village 的 2026 年登记（含“其他”）。" * 5
        for width in range(12, 60):
            lines = help_pages.wrap(text, width)
            assert all(help_pages.cells(line) <= width for line in lines)
            assert not any(line[0] in "，。）”" for line in lines)
            assert not any(line[-1] in "（“" for line in lines)
            assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert help_pages.wrap("a" * 50, 20) == ["a" * 20, "a" * 20, "a" * 10]
        assert help_pages.wrap("", 20) == []

    def test_command_lines(self) -> None:
        line = "gridgov partition h.csv --out result --min 3"
        assert help_pages.command_line(line, 80) == [line]
        assert help_pages.command_line(line, 30) == [
            "gridgov partition h.csv \\", "    --out result --min 3",
        ]  # fmt: skip


class TestCompletion:
    """As the shells ask for it."""

    def asked(self, tmp_path: Path, *words: str) -> list[str]:
        env = {
            "_GRIDGOV_COMPLETE": "complete_bash",
            "COMP_WORDS": " ".join(("gridgov", *words)),
            "COMP_CWORD": str(len(words)),
        }
        done = call(cwd=tmp_path, env=env)
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout.decode().split()

    def test_commands_and_options(self, tmp_path: Path) -> None:
        assert self.asked(tmp_path, "part") == ["partition"]
        assert self.asked(tmp_path, "points", "s") == ["settle", "statement"]
        assert self.asked(tmp_path, "partition", "--weight") == ["--weight-column"]

    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_scripts(self, shell: str, tmp_path: Path) -> None:
        done = call("--show-completion", shell, cwd=tmp_path)
        assert b"_GRIDGOV_COMPLETE" in done.stdout

    @pytest.mark.parametrize(
        ("shell", "place"),
        [("bash", ".bashrc"), ("zsh", ".zfunc/_gridgov"),
         ("fish", ".config/fish/completions/gridgov.fish")],
    )  # fmt: skip
    def test_installing(self, shell: str, place: str, tmp_path: Path) -> None:
        done = call("--install-completion", shell, "--lang", "zh", cwd=tmp_path)
        assert done.returncode == 0
        assert f"{shell} 的补全已写入" in done.stdout.decode()
        assert "gridgov" in (tmp_path / place).read_text()

    def test_another_shell(self, tmp_path: Path) -> None:
        done = call("--install-completion", "csh", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"no completion for the shell csh; name yours" in done.stderr


MISTAKES = {
    "--versoin": "did you mean --version?",
    "--lang=ef partition": "--lang: “ef” is none of en, zh",
    "partion --help": "did you mean partition?",
    "lists --hlep": "did you mean --help?",
    "--json doctor": "--json belongs after the command",
    "partition h.csv --wieght w --out o": "did you mean --weight-column?",
    "partition h.csv --id id --out o": "did you mean --id-column?",
    "partition h.csv --out --force": "--out needs a value: --out DIR",
    "partition h.csv --out= --force": "--out needs a value: --out DIR",
    "partition h.csv --out o --roads a --json": "--roads needs a value: --roads NODES ROADS",
    "partition h.csv --out o --force=yes": "--force takes no value, but yes was given",
    "doctor --install-completion": "there is no option --install-completion",
    "doctr": "did you mean doctor?",
    "point settle": "did you mean points?",
    "lists dutys x": "did you mean duties?",
    "partition h.csv --weight-colum w --out o": "did you mean --weight-column?",
    "partition h.csv --id-column ID --out o": "there is no column ID; did you mean id?",
    "partition h.csv --village-column vilage --out o": "did you mean village?",
    "partition h.csv --metric wakl --out o": "did you mean walk?",
    "partition hh.csv --out o": "did you mean h.csv?",
}


@pytest.mark.parametrize("line", MISTAKES)
def test_mistakes_are_answered_by_what_was_meant(
    line: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "h.csv").write_text(TABLE)
    outcome = run(*line.split())
    assert outcome.code == 2
    assert MISTAKES[line] in outcome.err
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert ("是不是" in run(*line.split()).err) == ("did you mean" in MISTAKES[line])


def test_an_empty_argument(run: Run, tmp_path: Path) -> None:
    """A variable of the shell that is not set would name the directory one stands in."""
    (tmp_path / "h.csv").write_text(TABLE)
    assert "--out needs a value" in run("partition", "h.csv", "--out", "", "--force").err
    assert "an argument is empty" in run("partition", "", "--out", "o").err
    assert run("partition", "h.csv", "--roads", "a", "", "--out", "o").code == 2


@pytest.mark.parametrize("lang", [["--lang", "zh"], ["--lang=zh"]])
@pytest.mark.parametrize("command", ["", "lists", "lists audit", "partition"])
def test_the_language_may_be_said_anywhere(command: str, lang: list[str], run: Run) -> None:
    words = command.split()
    for place in range(len(words) + 2):
        line = [*words, "--help"]
        outcome = run(*line[:place], *lang, *line[place:])
        assert (outcome.code, "用法" in outcome.out) == (0, True)
