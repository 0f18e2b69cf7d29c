"""`./run bench`: builds the benchmarks in build/bench and runs one of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / "build" / "bench"
BENCHMARKS = {
    "partition": (
        "bench_partition",
        "algorithms side by side: --households FILE… or --synthetic N…",
    ),
    "cpmp": ("bench_cpmp", "the capacitated p-median on instance files: FILE…"),
    "scaling": (
        "bench_scaling",
        "time and memory from points to grids, in Hilbert sorts: --synthetic N… --threads T",
    ),
    "neighbours": ("bench_neighbours", "microbenchmarks of the neighbour graph (Google Benchmark)"),
    "kernels": ("bench_partition_kernels", "microbenchmarks of the partition (Google Benchmark)"),
    "peers": (
        "bench_partition",
        "programs of others beside ours, a table and a picture: --households FILE…",
    ),
    "lists": (
        "bench_lists",
        "decide, audit, and Cedar and casbin beside them; a million requests from Python",
    ),
    "duties": (
        "bench_duties",
        "a year of duty windows against a table of evidence, in sorts of it: [VILLAGES ITEMS ROWS]",
    ),
    "points": (
        "bench_points",
        "settling in sorts of the same rows, the ledger in hashes; pandas and ZEN beside: --rows N",
    ),
    "distributed": (
        None,
        "villages on two workers of Dask and Spark beside one process: --households N (10 million)",
    ),
    "exact": (None, "small towns with a proved optimum, and how near each effort comes"),
    "tables": (None, "what partition and peers printed, as Markdown: FILE…"),
}
SCRIPTS = {
    "distributed": "by_village.py",
    "exact": "exact_cases.py",
    "tables": "tables.py",
}
PEER_SCRIPTS = {"peers": "peers.py", "lists": "lists_peers.py", "points": "points_peers.py"}
PEERS = ROOT / "build" / "peers"  # a virtual environment, with exactly the packages of peers.txt


def main(words: list[str]) -> int:
    """Builds the benchmark that the first word names and runs it with the others."""
    if not words or words[0] not in BENCHMARKS:
        print("usage: ./run bench BENCHMARK [OPTIONS]", file=sys.stderr)
        for name, (_, what) in BENCHMARKS.items():
            print(f"  {name:12} {what}", file=sys.stderr)
        return 0 if words and words[0] in ("-h", "--help") else 2
    target = BENCHMARKS[words[0]][0]
    if target is None:
        return subprocess.call([sys.executable, HERE / SCRIPTS[words[0]], *words[1:]])
    options = ("CMAKE_BUILD_TYPE=Release", "GRIDGOV_BUILD_TESTS=OFF", "GRIDGOV_BUILD_BENCHMARKS=ON")
    configure = ["cmake", "-G", "Ninja", "-S", ROOT, "-B", BUILD, *(f"-D{o}" for o in options)]
    if failed := quietly(configure) or quietly(["cmake", "--build", BUILD, "--target", target]):
        return failed
    program = BUILD / "benchmarks" / target
    if words[0] not in PEER_SCRIPTS:
        return subprocess.call([program, *words[1:]])
    if failed := make_peers():
        return failed
    script = HERE / PEER_SCRIPTS[words[0]]
    option = f"--{target.replace('_', '-')}"
    return subprocess.call([PEERS / "bin" / "python", script, option, program, *words[1:]])


def make_peers() -> int:
    """The peers' own environment: none of them is a dependency of gridgov. Its wheel, as ./run
    has built it, is installed anew each time."""
    pins = HERE / "peers.txt"
    pip = [PEERS / "bin" / "pip", "--disable-pip-version-check", "install", "--no-deps"]
    kept = PEERS / "peers.txt"
    if not kept.exists() or kept.read_bytes() != pins.read_bytes():
        print("== Installing the peers into build/peers", file=sys.stderr)
        made = quietly(["/usr/bin/python3", "-m", "venv", PEERS]) or quietly([*pip, "-r", pins])
        if made:
            return made
        kept.write_bytes(pins.read_bytes())
    wheels = sorted((ROOT / "build" / "wheel").glob("gridgov-*.whl"))
    return quietly([*pip, "--no-index", "--force-reinstall", *wheels])


def quietly(command: list[str | Path]) -> int:
    """Runs a command; what it prints is shown only if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
