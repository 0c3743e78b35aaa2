"""Files that other projects ship: what JupyterLab does not change by itself, opening and typing does not change."""
