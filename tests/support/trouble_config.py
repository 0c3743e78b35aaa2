"""Configuration of a Jupyter server whose storage and merge do what a file in the folder ``trouble`` says.

``hang``: loads and saves of ``attacked*`` never end. ``raise``: they raise. ``merge``: a merge raises.
"""

CONFIG = """
import asyncio, os
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
import jupyterlab_cohost.storage.merge as merging

FOLDER = {folder!r}

def is_on(name):
    return os.path.exists(os.path.join(FOLDER, name))

class Troubled(AsyncLargeFileManager):
    async def save(self, model, path=""):
        if "attacked" in path:
            while is_on("hang"):
                await asyncio.sleep(0.05)
            if is_on("raise"):
                raise RuntimeError("this manager has a fault")
        return await super().save(model, path)

merge = merging.merge

def troubled(*arguments):
    if is_on("merge"):
        raise RuntimeError("this merge has a fault")
    return merge(*arguments)

merging.merge = troubled
c.ServerApp.contents_manager_class = Troubled
"""


def trouble_config(folder: str) -> str:
    """For ``JupyterProcess``."""
    return CONFIG.format(folder=folder)
