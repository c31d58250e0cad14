"""One target, guided by the code it reaches: `python -m tests.fuzz.worker NAME RUNS SEED DIR`.

atheris instruments the decoders and keeps what reaches new code; libFuzzer stops at the first exception, and
at an input that takes longer than SLOWEST_S.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["gps_ingest"], enable_loader_override=False):
    from tests.fuzz.targets import TARGETS

SLOWEST_S = 5  # one input: five seconds on a loaded machine is a second on a quiet one
MAX_INPUT_BYTES = 4096


def main() -> None:
    """Ends with status 0 once all runs are done, and with another at the first fault."""
    name, runs, seed, folder = sys.argv[1:]
    target = next(each for each in TARGETS if each.name == name)
    corpus = Path(folder) / "corpus"
    corpus.mkdir(parents=True)
    for index, data in enumerate(target.seeds):
        (corpus / f"seed-{index}").write_bytes(data)
    options = [
        f"-runs={runs}",
        f"-seed={seed}",
        f"-timeout={SLOWEST_S}",
        f"-max_len={MAX_INPUT_BYTES}",
        f"-artifact_prefix={folder}/",
        "-rss_limit_mb=4096",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
