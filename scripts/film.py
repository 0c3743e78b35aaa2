"""Makes an animated GIF of a folder of pictures: ``python scripts/film.py FRAMES/ OUT.gif``.

The pictures' names are when they were taken, in milliseconds, and are shown as long as it took until the next.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

from PIL import Image

#: As wide as README shows it; all frames have the colours of the whole film, so that unchanged parts stay unchanged.
WIDTH, COLORS = 1200, 160
#: The shortest and the longest time for a picture, in milliseconds.
SHORTEST, LONGEST, LAST = 60, 1200, 3000


def film(folder: Path, out: Path) -> None:
    """Raises ValueError without at least two pictures."""
    names = sorted(folder.glob("*.png"), key=lambda path: int(path.stem))
    if len(names) < 2:
        raise ValueError(f"{folder} has no two pictures NUMBER.png")
    times = [int(path.stem) for path in names]
    frames = [_scaled(Image.open(path).convert("RGB")) for path in names]
    palette = frames[len(frames) * 3 // 4].quantize(COLORS)
    quantized = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    gaps = [min(LONGEST, max(SHORTEST, after - before)) for before, after in pairwise(times)]
    quantized[0].save(
        out, save_all=True, append_images=quantized[1:], duration=[*gaps, LAST], loop=0, optimize=True, disposal=1
    )


def _scaled(frame: Image.Image) -> Image.Image:
    return frame.resize((WIDTH, round(frame.height * WIDTH / frame.width)), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    film(Path(sys.argv[1]), Path(sys.argv[2]))
