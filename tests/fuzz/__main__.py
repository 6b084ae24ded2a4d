"""`python -m tests.fuzz [TARGET ...] [--seconds 60]`: each target in a process of its own; a table of what came of it.

Run it by `make fuzz`, which builds the native modules with coverage and the address sanitizer. An input that breaks
something is kept as `crash-*` in the working folder; it belongs into `tests/fuzz/seeds/TARGET` once the fault is
mended. Inputs that reach new code are added to the folder of `--corpus`, the seeds are only read.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.fuzz.targets import TARGETS, Target

SEEDS = Path(__file__).parent / "seeds"
LONGEST = {"packets": 8192, "messages": 300, "sdp": 16384}


def main() -> int:
    """0 when nothing broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.partition("\n\n")[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default 60)")
    parser.add_argument("--corpus", type=Path, help="folder that keeps what was found, a folder for each target")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    unknown = [name for name in options.targets if name not in TARGETS]
    if unknown:
        parser.error(f"unknown target {unknown[0]}: {', '.join(TARGETS)}")
    if options.here:
        return fuzz(options.targets[0], options.seconds, options.corpus)
    with tempfile.TemporaryDirectory(prefix="sfera-fuzz-") as spare:
        corpus = options.corpus or Path(spare)
        results = [watch(name, options.seconds, corpus / name) for name in options.targets or TARGETS]
    table = Table("target", "executions", "a second", "edges", "features", "kept", "result")
    for result in results:
        table.add_row(*result)
    Console(width=110).print(table)
    return 0 if all(result[-1] == "clean" for result in results) else 1


def watch(name: str, seconds: int, corpus: Path) -> tuple[str, ...]:
    """Runs one target and reads its figures."""
    corpus.mkdir(parents=True, exist_ok=True)
    print(f"{name}: {TARGETS[name].text}, {seconds} s", file=sys.stderr)
    started = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.fuzz", name, "--here", "--seconds", str(seconds), "--corpus", str(corpus)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment(TARGETS[name]),
    )  # fmt: skip
    lines: list[str] = []
    assert child.stdout is not None
    for line in child.stdout:
        lines = [*lines[-400:], line]
    code = child.wait()
    text = "".join(lines)
    if code:
        print("".join(lines[-60:]), file=sys.stderr)
    executions = int((re.findall(r"number_of_executed_units: (\d+)", text) or re.findall(r"#(\d+)", text) or ["0"])[-1])
    coverage = (re.findall(r"cov: (\d+) ft: (\d+)", text) or [("?", "?")])[-1]
    rate = executions / max(1.0, time.monotonic() - started)
    kept = len(list(corpus.iterdir()))
    return (name, str(executions), f"{rate:.0f}", *coverage, str(kept), "clean" if code == 0 else f"exit status {code}")


def environment(target: Target) -> dict[str, str]:
    """That of a target: the sanitizer and libFuzzer stand before everything else when the build asks for them, and the
    target has something for them to watch."""
    import atheris  # a package of x86-64 alone

    environ = dict(os.environ)
    if not target.native:
        return environ
    if os.environ.get("SFERA_FUZZ_PRELOAD", "1") == "1":
        environ["LD_PRELOAD"] = str(Path(atheris.path()) / "asan_with_fuzzer.so")
    # What was freed is watched for as long as 16 MiB are freed: some inputs' worth, and not a cache miss for each block
    environ["ASAN_OPTIONS"] = "detect_leaks=0:allocator_may_return_null=1:symbolize=1:quarantine_size_mb=16"
    environ["PYTHONMALLOC"] = "malloc"
    return environ


def fuzz(name: str, seconds: int, corpus: Path) -> int:
    """In the target's own process: never returns normally."""
    import atheris

    target = TARGETS[name]
    if target.modules:
        with atheris.instrument_imports(include=list(target.modules)):
            one = target.make()
    else:
        one = target.make()
    seeds = SEEDS / name
    arguments = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST.get(name, 2048)}",
        "-len_control=0",
        "-timeout=10",
        "-rss_limit_mb=4096",
        "-print_final_stats=1",
        str(corpus),
        *([str(seeds)] if seeds.is_dir() else []),
    ]
    atheris.Setup(arguments, one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
