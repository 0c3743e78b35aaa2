"""The page config of a guest's page, built key by key: nothing of the host's own page config is copied."""

from __future__ import annotations

import json
from typing import Any

from jupyter_server import version_info

from .lab import Lab
from .plugins import DISABLED_PLUGINS, WITHOUT_KERNELS


def guest_page_config(
    lab: Lab, base: str, cohost: dict[str, Any], mode: str, tree_path: str, workspace: str, *, may_execute: bool
) -> dict[str, Any]:
    """``base``: the gateway's path with both slashes. ``cohost``: what our extension reads. ``mode``: lab or doc.

    ``workspace`` is the address's: a second tab looks for a name of its own, and would do so for ever.
    """
    app = lab.app
    return {
        "appName": app.app_name,
        "appVersion": app.app_version,
        "appNamespace": app.app_namespace,
        "notebookVersion": json.dumps(version_info),
        **_addresses(base),
        "mode": "single-document" if mode == "doc" else "multiple-document",
        "workspace": workspace,
        "treePath": tree_path,
        "preferredPath": "/",
        "serverRoot": "",
        "token": "",
        "notebookStartsKernel": may_execute,
        "quitButton": False,
        "terminalsAvailable": False,
        "buildAvailable": False,
        "buildCheck": False,
        "devMode": False,
        "exposeAppInBrowser": bool(getattr(app, "expose_app_in_browser", False)),
        "cacheFiles": True,
        "delete_to_trash": False,
        "allow_hidden_files": False,
        "news": {"disabled": True},
        "store_id": 0,
        "federated_extensions": lab.extensions(),
        "disabledExtensions": [*DISABLED_PLUGINS, *(() if may_execute else WITHOUT_KERNELS)],
        "deferredExtensions": [],
        "ignorePlugins": [],
        "cohost": cohost,
    }


def _addresses(base: str) -> dict[str, str]:
    return {
        "appUrl": "/lab",
        "docUrl": "/doc",
        "treeUrl": "/lab/tree",
        "settingsUrl": "/lab/api/settings",
        "themesUrl": "/lab/api/themes",
        "translationsApiUrl": "/lab/api/translations",
        "workspacesApiUrl": "/lab/api/workspaces",
        "labextensionsUrl": "/lab/extensions",
        "fullAppUrl": f"{base}lab",
        "fullStaticUrl": f"{base}static/lab",
        "fullLabextensionsUrl": f"{base}lab/extensions",
        "fullSettingsUrl": f"{base}lab/api/settings",
        "fullThemesUrl": f"{base}lab/api/themes",
        "fullTranslationsApiUrl": f"{base}lab/api/translations",
        "fullWorkspacesApiUrl": f"{base}lab/api/workspaces",
        "fullTreeUrl": f"{base}lab/tree",
    }
