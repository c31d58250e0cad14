"""`make fuzz`: ten million inputs and more over all decoders, two targets at a time.

Prints how many inputs each decoder has met and the sum; ends with status 1 and the input (as a file) when one
raised, took too long or gave an answer of the wrong shape.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.targets import TARGETS, Target

INPUTS = 10_500_000  # a little over ten million, whatever rounding leaves
DONE = re.compile(rb"stat::number_of_executed_units:\s*(\d+)")


def main() -> int:
    """How many inputs may be given as the first argument."""
    inputs = int(sys.argv[1]) if len(sys.argv) > 1 else INPUTS
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = list(pool.map(lambda target: fuzz(target, inputs, Path(folder)), TARGETS))
    total = sum(count for count, _fault in results)
    for target, (count, fault) in zip(TARGETS, results, strict=True):
        print(f"{count:>12,}  {target.name:<20} {'FAULT' if fault else 'ok'}")
    print(f"{total:>12,}  inputs in {time.monotonic() - began:,.0f} s")
    for target, (_count, fault) in zip(TARGETS, results, strict=True):
        if fault:
            print(f"\n--- {target.name}\n{fault}", file=sys.stderr)
    return int(any(fault for _count, fault in results))


def fuzz(target: Target, inputs: int, folder: Path) -> tuple[int, str]:
    """(inputs met, what went wrong or nothing) of one target."""
    own = folder / target.name.replace(" ", "-")
    words = [target.name, str(round(inputs * target.share)), str(1 + TARGETS.index(target)), str(own)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.worker", *words], capture_output=True, check=False
    )
    found = DONE.search(done.stderr)
    count = int(found[1]) if found else 0
    if done.returncode == 0 and count:
        return count, ""
    kept = [path.read_bytes() for path in own.glob("*-*") if path.is_file()]
    words_of_it = done.stderr.decode(errors="replace")[-3000:]
    return count, f"{words_of_it}\ninput: {kept[0].hex() if kept else 'not kept'}"


if __name__ == "__main__":
    sys.exit(main())
