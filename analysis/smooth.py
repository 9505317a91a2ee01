"""Where matters lie dense: a Gaussian kernel over the counts of small squares, told in a few levels."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Surface(NamedTuple):
    """`density` in matters per km² at the middles of squares (rows from south to north), whose edges are `west`, `south` + n × `step` degrees."""

    density: Array
    west: float
    south: float
    step: float


def surface(x: Array, y: Array, counts: Array, step: float, bandwidth_km: float) -> Surface:
    """Kernel density of `counts` matters in squares `x`, `y` (whole numbers: the west and south edges in steps of `step` degrees).

    The grid reaches three bandwidths beyond the outermost squares, so that the surface holds all the matters that went in: what lies at a
    border is not pushed inside. Silverman 1986, Density Estimation, 4.2; a separable Gaussian of one bandwidth in kilometres.
    """
    middle = float(np.average(y, weights=counts) + 0.5) * step
    high, wide = step * 111.32, step * 111.32 * float(np.cos(np.radians(middle)))
    over_x, over_y = (int(np.ceil(3 * bandwidth_km / side)) for side in (wide, high))
    first_x, first_y = int(x.min()) - over_x, int(y.min()) - over_y
    shape = (int(y.max()) - first_y + over_y + 1, int(x.max()) - first_x + over_x + 1)
    grid = np.zeros(shape)
    np.add.at(grid, (y.astype(int) - first_y, x.astype(int) - first_x), counts)
    down, across = _kernel(shape[0], high, bandwidth_km), _kernel(shape[1], wide, bandwidth_km)
    return Surface(down @ grid @ across / (high * wide), first_x * step, first_y * step, step)


def _kernel(size: int, side: float, bandwidth: float) -> Array:
    """Weights from each square to each other; those of one square add up to one (also where the kernel is cut at three bandwidths)."""
    at = np.arange(size) * side
    weights = np.exp(-0.5 * ((at[:, None] - at[None, :]) / bandwidth) ** 2)
    full = np.exp(-0.5 * (np.arange(-4 * size, 4 * size + 1) * side / bandwidth) ** 2).sum()
    return np.asarray(weights / full)


def levels(least: float, top: float, count: int = 5) -> tuple[float, ...]:
    """Round levels (1, 2 or 5 × 10ⁿ) from `least` to `top`, the highest `count` of them; at least one.

    A density is skewed as much as any quantity: equal steps would show one peak, so each level is about twice the one before.
    """
    power = int(np.floor(np.log10(least)))
    series = [m * 10.0**p for p in range(power, power + 12) for m in (1, 2, 5)]
    fitting = [s for s in series if least <= s <= top] or [min(s for s in series if s >= least)]
    return tuple(float(f"{s:.6g}") for s in fitting[-count:])


def bands(found: Surface, breaks: tuple[float, ...], places: int = 4) -> list[list[list[list[float]]]]:
    """Outlines of the surface above each of the `breaks`, lowest first: rings of [lon, lat], outer ones and holes (even-odd)."""
    from contourpy import LineType, contour_generator  # a megabyte that only heat needs

    rows, columns = found.density.shape
    padded = np.pad(found.density, 1)  # so that every outline closes
    lon = found.west + (np.arange(-1, columns + 1) + 0.5) * found.step
    lat = found.south + (np.arange(-1, rows + 1) + 0.5) * found.step
    made: Any = contour_generator(lon, lat, padded, line_type=LineType.Separate)
    return [[_ring(line, places) for line in made.lines(level) if len(line) > 3] for level in breaks]


def _ring(line: Array, places: int) -> list[list[float]]:
    """A ring with so many decimals, without points that fall together."""
    rounded = np.round(line, places)
    kept = np.ones(len(rounded), dtype=bool)
    kept[1:] = (np.diff(rounded, axis=0) != 0).any(axis=1)
    points: list[list[float]] = rounded[kept].tolist()
    return points
