"""A process that saves one file without pause through a real contents manager, to be killed in the middle.

``python -m tests.support.file_writer ROOT MANAGER NAME [FSIZE]``; prints "ready", then a line for each save.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from jupyter_server.services.contents import filemanager, largefilemanager

from jupyterlab_cohost.protocol.errors import CohostError
from jupyterlab_cohost.storage.files import ContentsStore

MANAGERS: dict[str, Any] = {
    name: getattr(module, name)
    for module, names in (
        (filemanager, ("FileContentsManager", "AsyncFileContentsManager")),
        (largefilemanager, ("LargeFileManager", "AsyncLargeFileManager")),
    )
    for name in names
}


def content(name: str, number: int) -> Any:
    """About 1 MB that says at its end whether it is whole."""
    text = f"{number}\n" + "line of text\n" * 80_000 + f"end {number}\n"
    if not name.endswith(".ipynb"):
        return text
    cell = {"cell_type": "code", "id": "a", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}


async def main(root: str, manager: str, name: str, file_size: str = "") -> None:
    if file_size:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(file_size), int(file_size)))
    store = ContentsStore(MANAGERS[manager](root_dir=root), root)
    print("ready", flush=True)
    number = 0
    while True:
        number += 1
        try:
            kind: Any = "notebook" if name.endswith(".ipynb") else "file"
            await store.save(name, kind, content(name, number), sign=True)
        except CohostError as error:
            print(f"{error.code}: {error.message}", flush=True)
            return
        print(number, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
