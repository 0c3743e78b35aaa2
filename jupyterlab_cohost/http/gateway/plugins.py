"""Which of JupyterLab's plugins and of the host's extensions a guest's page runs."""

from __future__ import annotations

#: The host's prebuilt extensions that a guest's page loads: ours, renderers and widgets. Others may need endpoints that
#: the gateway does not have, or do things that the host did not mean to share.
SHARED_EXTENSIONS = (
    "jupyterlab-cohost",
    *("@jupyter-widgets/jupyterlab-manager", "jupyterlab-plotly", "anywidget", "ipympl", "jupyter-matplotlib"),
    *("@bokeh/jupyter_bokeh", "@pyviz/jupyterlab_pyviz", "jupyter-leaflet", "jupyterlab-datawidgets", "bqplot"),
    *("jupyter-threejs", "ipyvolume", "jupyter-vuetify", "jupyter-vue", "ipycanvas", "k3d", "itkwidgets"),
    *("nglview-js-widgets", "jupyterlab_pygments", "@jupyterlab/geojson-extension", "@jupyterlab/fasta-extension"),
    "@jupyterlab/katex-extension",
)


def _of(package: str, *plugins: str) -> tuple[str, ...]:
    return tuple(f"@jupyterlab/{package}-extension:{plugin}" for plugin in plugins)


#: Plugins that cannot work for a guest. Those that need one of them are listed too, else the page reports
#: "No provider for …". An id that a version of JupyterLab does not have is harmless.
DISABLED_PLUGINS = (
    *(f"@jupyterlab/{name}-extension" for name in ("extensionmanager", "pluginmanager", "terminal", "running", "hub")),
    *(f"@jupyterlab/{name}-extension" for name in ("workspaces", "console", "debugger", "lsp", "logconsole")),
    *_of("notebook", "language-server", "export", "code-console", "log-output", "cell-executor-debugger"),
    *_of("fileeditor", "language-server"),
    *_of("inspector", "consoles"),
    *_of("tooltip", "consoles"),
    *_of("completer", "consoles"),
    *_of("apputils", "announcements", "running-sessions-status", "licenses-client", "licenses-plugin"),
    *_of("apputils", "kernels-settings", "subshell-settings", "kernel-settings"),
    *_of("help", "licenses", "licenses-commands", "about", "jupyter-forum"),
    *_of("docmanager", "open-browser-tab", "recents", "reopen-recently-closed"),
    *_of("mainmenu", "recents"),
    *_of("filebrowser", "share-file", "open-browser-tab", "open-url", "create-new-language-file"),
    *_of("filebrowser", "file-upload-status", "notify-upload"),
    *_of("translation", "plugin"),
    *_of("application", "property-inspector"),
)

#: Widgets live in a kernel; without one their manager fails, and our page shows them as text.
_WIDGETS = (
    *("@jupyter-widgets/jupyterlab-manager", "anywidget", "ipympl", "jupyter-matplotlib", "jupyter-leaflet"),
    *("jupyterlab-datawidgets", "bqplot", "jupyter-threejs", "ipyvolume", "jupyter-vuetify", "jupyter-vue"),
    *("ipycanvas", "k3d", "itkwidgets", "nglview-js-widgets"),
)

#: And for who may not run code: they would say "No Kernel" beside a notebook that has one.
WITHOUT_KERNELS = (*_of("apputils", "kernel-status"), *_of("notebook", "kernel-status"), *_WIDGETS)
