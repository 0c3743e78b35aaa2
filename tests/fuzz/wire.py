"""``python -m tests.fuzz.wire --seconds 600``: a fuzzer led by coverage (atheris, ``pip install -e .[fuzz]``).

It damages good messages and keeps what reaches new code. An input that does harm is written to ``crashes/``, where
``test_wire`` runs it from then on; ``python -m tests.fuzz.wire FILE`` runs one again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

CRASHES = Path(__file__).parent / "crashes"
#: A message that takes longer is one that does harm.
_TIMEOUT_S = 20


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.wire", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, help="kept from one run to the next")
    arguments = parser.parse_args()
    if arguments.file is not None:
        from .target import one_message

        one_message(arguments.file.read_bytes())
        return
    with tempfile.TemporaryDirectory() as temporary:
        _fuzz(arguments.corpus or Path(temporary), arguments.seconds, arguments.seed)


def _fuzz(corpus: Path, seconds: int, seed: int) -> None:
    import atheris

    with atheris.instrument_imports(include=["jupyterlab_cohost"]):
        from .target import one_message

    from .frames import FRAMES

    corpus.mkdir(parents=True, exist_ok=True)
    CRASHES.mkdir(exist_ok=True)
    for number, frame in enumerate(FRAMES):
        for where in range(4):
            (corpus / f"{number}-{where}").write_bytes(bytes([where]) + frame)
    options = [f"-max_total_time={seconds}", f"-seed={seed}", f"-timeout={_TIMEOUT_S}", "-max_len=4096"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={CRASHES}/", str(corpus)], one_message)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
