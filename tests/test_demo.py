"""README's first command: the sample project, shared, and its link printed."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from .support.sessions_kit import request

DEMO = Path(__file__).resolve().parent.parent / "scripts" / "demo.py"


@pytest.mark.skipif(not DEMO.exists() or sys.platform == "win32", reason="needs the repository, and its signals")
async def test_readme_the_demo_prints_a_link_that_works_and_ends() -> None:
    demo = await asyncio.create_subprocess_exec(sys.executable, str(DEMO), stdout=asyncio.subprocess.PIPE)
    assert demo.stdout is not None
    try:
        said = ""
        async with asyncio.timeout(240):
            while "ends the demo" not in said:
                line = await demo.stdout.readline()
                assert line, said
                said += line.decode()
        [link] = [word for word in said.split() if "/join#" in word]
        look = {"secret": link.partition("#")[2]}
        answer = await asyncio.to_thread(request, link.replace("/join", "/invite").partition("#")[0], "POST", look)
        assert answer.status == 200 and answer.body["role"] == "editor", answer
    finally:
        demo.send_signal(signal.SIGINT)
        async with asyncio.timeout(120):
            await demo.wait()
    assert demo.returncode == 0
