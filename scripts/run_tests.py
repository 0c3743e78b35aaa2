"""Runs every check, goes on after a failure, and ends with one line: ``N passed, N failed``.

Tests mostly wait for servers and pages, so some run side by side: files of pytest, with lint, Jest, the wheel and the
other hub beside them, and files of browser tests. What must prove that nothing is lost runs with nothing beside it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
#: What makes servers start in a third of the time.
QUICK_START = ROOT / "tests" / "quick_start"
RUNNING: set[subprocess.Popen[bytes]] = set()
#: Set by Ctrl+C: nothing more is begun.
STOPPED = threading.Event()
#: With nothing beside.
NOTHING_LOST = ["tests/test_nothing_lost.py", "tests/fuzz/test_plans.py"]
#: Parts that run one after the other; all others run beside them.
IN_TURN = ("pytest", "nothing lost", "browser")
PYTHON_CODE = ["jupyterlab_cohost", "tests", "scripts", "examples", "bench"]


@dataclass(frozen=True)
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


@dataclass(frozen=True)
class Part:
    """A command and how to read its report. ``minutes`` is where it is cut off."""

    name: str
    command: Sequence[str]
    minutes: float = 5
    count: Callable[[Path], Count] | None = None
    report: str = ""
    environment: tuple[tuple[str, str], ...] = ()


def from_jest(report: Path) -> Count:
    result = json.loads(report.read_text("utf-8"))
    # A suite that does not even load has no failed test of its own.
    return Count(
        result["numPassedTests"],
        result["numFailedTests"] + result["numRuntimeErrorTestSuites"],
        result["numPendingTests"],
    )


def from_junit(report: Path) -> Count:
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    total = Count()
    for suite in suites:
        tests, bad, skipped = (
            int(suite.get("tests", 0)),
            int(suite.get("failures", 0)) + int(suite.get("errors", 0)),
            int(suite.get("skipped", 0)),
        )
        total += Count(max(0, tests - bad - skipped), bad, skipped)
    return total


def from_playwright(report: Path) -> Count:
    result = json.loads(report.read_text("utf-8"))
    stats, broken = result["stats"], len(result.get("errors", []))
    return Count(stats["expected"] + stats["flaky"], stats["unexpected"] + broken, stats["skipped"])


def parts(reports: Path) -> list[Part]:
    jlpm = shutil.which("jlpm") or "jlpm"
    names = ("jest.json", "pytest.xml", "lost.xml", "wheel.xml", "hub5.xml", "browser.json")
    jest, unit, lost, wheel, hub, browser = (reports / name for name in names)
    # A second try, which is told: servers and kernels on a busy machine.
    pytest = [sys.executable, "-m", "pytest", "--reruns", "1", "-rR"]
    return [
        Part("ruff", ["ruff", "check", *PYTHON_CODE]),
        Part("ruff format", ["ruff", "format", "--check", *PYTHON_CODE]),
        Part("mypy", ["mypy"]),
        Part("layers", ["lint-imports", "--no-logo"]),
        Part("tsc", [jlpm, "types:check"]),
        Part("eslint", [jlpm, "eslint:check"]),
        Part("prettier", [jlpm, "prettier:check"]),
        Part("stylelint", [jlpm, "stylelint:check"]),
        # Every link between pages has to lead somewhere, every picture has to be there.
        Part("docs", ["sphinx-build", "-q", "-W", "--keep-going", "-E", "docs", str(reports / "docs")]),
        # An awareness that nobody destroys keeps a timer, which would keep Jest.
        Part("jest", [jlpm, "jest", "--forceExit", "--json", f"--outputFile={jest}"], 8, from_jest, str(jest)),
        Part(
            "pytest",
            [
                *(*pytest, "-n", "3", "--dist", "loadfile", "-m", "not wheel and not nightly", f"--junitxml={unit}"),
                *(f"--ignore={file}" for file in NOTHING_LOST),
            ],
            40,
            from_junit,
            str(unit),
        ),
        Part("nothing lost", [*pytest, f"--junitxml={lost}", *NOTHING_LOST], 15, from_junit, str(lost)),
        Part("wheel", [*pytest, "-m", "wheel", f"--junitxml={wheel}"], 8, from_junit, str(wheel)),
        Part(
            "hub 5",
            [
                *(sys.executable, "scripts/hub_python.py", "5", *pytest, f"--junitxml={hub}"),
                *("tests/hub/test_hub.py", "tests/hub/test_hub_https.py"),
                # What differs between versions of the hub; hubs of their own and second roles take long.
                *("tests/hub/test_hub_service.py", "tests/hub/test_hub_stopped.py"),
                *("-k", "not hub_34 and not olga and not looks_again"),
            ],
            12,
            from_junit,
            str(hub),
        ),
        Part(
            "browser",
            [jlpm, "test:ui"],
            30,
            from_playwright,
            str(browser),
            (("PLAYWRIGHT_JSON_OUTPUT_FILE", str(browser)), ("COHOST_PYTHON", sys.executable)),
        ),
    ]


def run(part: Part, out: IO[str] = sys.stdout) -> Count:
    """Runs one part, its output to ``out``. Cut off, or without a report that can be read, is one failure."""
    print(f"\n=== {part.name}", file=out, flush=True)
    began = time.monotonic()
    code = run_command(part, out)
    count = Count()
    if part.count is None:
        count = Count(passed=1) if code == 0 else Count(failed=1)
    else:
        try:
            count = part.count(Path(part.report))
        except (OSError, ValueError, KeyError, ElementTree.ParseError) as error:
            print(f"{part.name}: no report ({error})", file=out)
        if code != 0 and count.failed == 0:
            count += Count(failed=1)
    skipped = f", {count.skipped} skipped" if count.skipped else ""
    took = time.monotonic() - began
    print(
        f"--- {part.name}: {count.passed} passed, {count.failed} failed{skipped} ({took:.0f} s)", file=out, flush=True
    )
    return count


def run_command(part: Part, out: IO[str]) -> int:
    environment = {**os.environ, **dict(part.environment), "NO_COLOR": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(QUICK_START), environment.get("PYTHONPATH"))))
    try:
        process = subprocess.Popen(
            part.command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=os.name == "posix"
        )
    except OSError as error:
        print(error, file=out)
        return 1
    RUNNING.add(process)
    try:
        return process.wait(part.minutes * 60)
    except subprocess.TimeoutExpired:
        end_group(process)
        print(f"cut off after {part.minutes:g} minutes", file=out)
        return 1
    except KeyboardInterrupt:
        end_group(process)
        raise
    finally:
        RUNNING.discard(process)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a part with everything that it started."""
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def run_all(chosen: list[Part], log: Path) -> list[Count]:
    """In the order of ``chosen``. What runs beside is shown behind the first part of ``IN_TURN``, from ``log``."""
    in_turn = [part for part in chosen if part.name in IN_TURN]
    beside = [part for part in chosen if part not in in_turn]
    counts: dict[str, Count] = {}
    with log.open("w", encoding="utf-8") as out, ThreadPoolExecutor(1) as lane:
        running = lane.submit(lambda: [run(part, out) for part in beside if not STOPPED.is_set()])
        try:
            counts.update((part.name, run(part)) for part in in_turn[:1])
            counts.update(zip((part.name for part in beside), running.result(), strict=True))
        except KeyboardInterrupt:
            STOPPED.set()
            for process in list(RUNNING):
                end_group(process)
            raise
    print(log.read_text("utf-8", errors="replace"), flush=True)
    counts.update((part.name, run(part)) for part in in_turn[1:])
    return [counts[part.name] for part in chosen]


def main() -> int:
    wanted = set(sys.argv[1:])
    total, lines = Count(), []
    with tempfile.TemporaryDirectory(prefix="cohost-reports-") as reports:
        chosen = [part for part in parts(Path(reports)) if not wanted or part.name in wanted]
        for part, count in zip(chosen, run_all(chosen, Path(reports) / "beside.log"), strict=True):
            total += count
            lines.append(f"{part.name:12} {count.passed:5} passed {count.failed:4} failed {count.skipped:4} skipped")
    print("\n" + "\n".join(lines))
    print(f"{total.passed} passed, {total.failed} failed", flush=True)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
