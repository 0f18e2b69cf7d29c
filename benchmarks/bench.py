"""`./run bench`: builds the benchmarks in build/bench and runs one of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
BENCHMARKS = {
    "partition": (
        "bench_partition",
        "algorithms side by side: --households FILE… or --synthetic N…",
    ),
    "neighbours": ("bench_neighbours", "microbenchmarks of the neighbour graph (Google Benchmark)"),
}


def main(words: list[str]) -> int:
    """Builds the benchmark that the first word names and runs it with the others."""
    if not words or words[0] not in BENCHMARKS:
        print("usage: ./run bench BENCHMARK [OPTIONS]", file=sys.stderr)
        for name, (_, what) in BENCHMARKS.items():
            print(f"  {name:12} {what}", file=sys.stderr)
        return 0 if words and words[0] in ("-h", "--help") else 2
    target = BENCHMARKS[words[0]][0]
    options = ("CMAKE_BUILD_TYPE=Release", "GRIDGOV_BUILD_TESTS=OFF", "GRIDGOV_BUILD_BENCHMARKS=ON")
    configure = ["cmake", "-G", "Ninja", "-S", ROOT, "-B", BUILD, *(f"-D{o}" for o in options)]
    for command in (configure, ["cmake", "--build", BUILD, "--target", target]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            print(done.stdout, file=sys.stderr)
            return done.returncode
    return subprocess.call([BUILD / "benchmarks" / target, *words[1:]])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
