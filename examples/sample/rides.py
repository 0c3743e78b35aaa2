"""Counts of bicycles on a bridge: reading, summing up, drawing."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import linear_regression, mean

from IPython.display import SVG

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WIDTH, HEIGHT, MARGIN = 560, 260, 36


@dataclass(frozen=True)
class Day:
    """One day at the counter; temperature in °C, rain in mm."""

    date: date
    temperature: float
    rain: float
    rides: int


def load(path: str) -> list[Day]:
    """The days of a CSV file with the columns date, temperature_c, rain_mm, rides."""
    with open(path, newline="") as file:
        return [
            Day(date.fromisoformat(row["date"]), float(row["temperature_c"]), float(row["rain_mm"]), int(row["rides"]))
            for row in csv.DictReader(file)
        ]


def by_weekday(days: Sequence[Day]) -> dict[str, float]:
    """Mean rides for each day of the week."""
    return {name: mean(day.rides for day in days if day.date.weekday() == n) for n, name in enumerate(WEEKDAYS)}


def fit(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Slope and start of the line of least squares."""
    line = linear_regression(x, y)
    return line.slope, line.intercept


def bars(values: dict[str, float], title: str) -> SVG:
    """A bar chart."""
    top, step = max(values.values()), (WIDTH - 2 * MARGIN) / len(values)
    shapes = []
    for n, (name, value) in enumerate(values.items()):
        height = (HEIGHT - 2 * MARGIN) * value / top
        x, y = MARGIN + n * step, HEIGHT - MARGIN - height
        place = f'x="{x + 6:.0f}" y="{y:.0f}" width="{step - 12:.0f}" height="{height:.0f}"'
        shapes.append(f'<rect {place} fill="#3b7dd8"/>')
        shapes.append(_text(x + step / 2, y - 5, f"{value:.0f}"))
        shapes.append(_text(x + step / 2, HEIGHT - MARGIN + 16, name))
    return _picture(title, shapes)


def scatter(days: Sequence[Day], slope: float, start: float, title: str) -> SVG:
    """A dot per day and the fitted line."""
    low, high = min(day.temperature for day in days), max(day.temperature for day in days)
    top = max(day.rides for day in days)

    def place(temperature: float, rides: float) -> tuple[float, float]:
        x = MARGIN + (WIDTH - 2 * MARGIN) * (temperature - low) / (high - low)
        return x, HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * rides / top

    shapes = []
    for day in days:
        x, y = place(day.temperature, day.rides)
        shapes.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="#e07b39" fill-opacity="0.7"/>')
    (x1, y1), (x2, y2) = place(low, start + slope * low), place(high, start + slope * high)
    shapes.append(f'<line x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}" stroke="#3b7dd8" stroke-width="2"/>')
    shapes += [_text(MARGIN, HEIGHT - 14, f"{low:.0f}°"), _text(WIDTH - MARGIN, HEIGHT - 14, f"{high:.0f}°")]
    return _picture(title, shapes)


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" font-size="12" fill="#666">{words}</text>'


def _picture(title: str, shapes: Sequence[str]) -> SVG:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif">'
    return SVG(head + _text(WIDTH / 2, 18, title) + "".join(shapes) + "</svg>")
