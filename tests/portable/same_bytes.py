"""The same bytes by GCC, by Clang, on two threads, and on aarch64 (under qemu-user).

usage: same_bytes.py ROOT BUILD; without the cross-compiler and qemu it compares what there is and
says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CROSS, QEMU = "aarch64-linux-gnu-g++", "qemu-aarch64"

#: Where floating point decides. Points and lists decide by integers, and need libcrypto, which is
#: not there for aarch64.
LAYERS = ("model", "neighbours", "partition", "simulate")


def compile_with(compiler: list[str], root: Path, build: Path) -> Path:
    """The sources of LAYERS and the program, by one compiler, without CMake."""
    build.mkdir(parents=True, exist_ok=True)
    flags = ["-std=c++20", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"]
    flags += ["-DBOOST_ALLOW_DEPRECATED_HEADERS", f"-I{root / 'include'}", f"-I{root / 'src'}"]
    sources = sorted((root / "src").glob("*.cpp"))
    for layer in LAYERS:
        sources += sorted((root / "src" / layer).rglob("*.cpp"))
    sources.append(root / "tests" / "portable" / "same_bytes.cpp")
    objects, running = [], []
    for source in sources:
        made = build / ("_".join(source.relative_to(root).parts) + ".o")
        objects.append(made)
        if made.exists() and made.stat().st_mtime > newest(root):
            continue
        running.append(subprocess.Popen([*compiler, *flags, "-c", source, "-o", made]))
        if len(running) >= (os.cpu_count() or 1) and running.pop(0).wait() != 0:
            sys.exit(1)
    failed = [process.wait() != 0 for process in running]
    if any(failed):
        sys.exit(1)
    program = build / "same_bytes"
    subprocess.run([*compiler, *objects, "-o", program, "-lpthread"], check=True)
    return program


def newest(root: Path) -> float:
    """When a source was last changed."""
    files = [*(root / "src").rglob("*"), *(root / "include").rglob("*")]
    return max(f.stat().st_mtime for f in [*files, *(root / "tests" / "portable").iterdir()])


def main(root: Path, build: Path) -> int:
    """Prints what each says, and whether all say the same."""
    runs: dict[str, list[str | Path]] = {}
    gcc = compile_with(["g++", "-O3"], root, build / "gcc")
    runs["x86-64 GCC -O3"] = [gcc, "1"]
    runs["x86-64 GCC -O3, two threads"] = [gcc, "2"]
    if shutil.which("clang++"):
        runs["x86-64 Clang -O1"] = [compile_with(["clang++", "-O1"], root, build / "clang"), "1"]
    native = ["g++", "-O2", "-march=native"]
    runs["this processor's own instructions"] = [compile_with(native, root, build / "native"), "2"]
    if shutil.which(CROSS) and shutil.which(QEMU):
        cross = compile_with([CROSS, "-O2"], root, build / "aarch64")
        runs["aarch64 GCC -O2, qemu"] = [QEMU, "-L", "/usr/aarch64-linux-gnu", cross, "2"]
    else:
        print(f"{CROSS} or {QEMU} is missing: aarch64 left out", file=sys.stderr)
    said = {name: subprocess.check_output(command, text=True) for name, command in runs.items()}
    first = next(iter(said.values()))
    print(first, end="")
    for name, text in said.items():
        print(f"{'same' if text == first else 'DIFFERENT'}: {name}")
        if text != first:
            print(text, end="")
    return 0 if all(text == first for text in said.values()) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
