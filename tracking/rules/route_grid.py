"""Which segments of a route may be the nearest to a place? Looked up by the cell in which it lies.

Every segment within NEAR_M of a cell is entered there, so where the nearest of a cell's segments is nearer
than that, it is the nearest of all. So a fix costs the same on a route of ten segments and of a thousand.
"""

from dataclasses import dataclass

import numpy as np

from models.values import FloatArray, IntArray

NEAR_M = 100.0  # 997 of 1,000 fixes of a vehicle on its route are nearer (docs/decisions/0119)
CELL_M = 125.0
MOST_CELLS = 1_000_000  # of a route across a province: then cells are wider


@dataclass(frozen=True, slots=True, eq=False)
class RouteGrid:
    """k cells in columns and rows from (west, south) in m; cell c has segments[begins[c]:begins[c + 1]]."""

    west_m: float
    south_m: float
    cell_m: float
    columns: int
    rows: int
    begins: IntArray  # (k + 1,)
    segments: IntArray  # ascending within a cell

    def candidates(self, x_m: FloatArray, y_m: FloatArray) -> tuple[IntArray, IntArray]:
        """(first, count) of the entries in `segments` for each of n places; none outside the grid."""
        column = np.floor((x_m - self.west_m) / self.cell_m)
        row = np.floor((y_m - self.south_m) / self.cell_m)
        within = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        cell = np.where(within, row * self.columns + column, 0).astype(np.int64)
        first = self.begins[cell]
        return first, np.where(within, self.begins[cell + 1] - first, 0)


def route_grid(x_m: FloatArray, y_m: FloatArray) -> RouteGrid:
    """The grid of a line through n points in m; segment k leads from point k to point k + 1."""
    wide_m, high_m = float(np.ptp(x_m)) + 2 * NEAR_M, float(np.ptp(y_m)) + 2 * NEAR_M
    cell_m = max(CELL_M, (wide_m * high_m / MOST_CELLS) ** 0.5, max(wide_m, high_m) / MOST_CELLS)
    west_m, south_m = float(x_m.min()) - NEAR_M, float(y_m.min()) - NEAR_M
    columns, rows = int(wide_m // cell_m) + 1, int(high_m // cell_m) + 1
    segment, left, right, low, high = pieces(x_m, y_m, cell_m)
    first_column = np.floor((left - NEAR_M - west_m) / cell_m)
    last_column = np.floor((right + NEAR_M - west_m) / cell_m)
    first_row = np.floor((low - NEAR_M - south_m) / cell_m)
    last_row = np.floor((high + NEAR_M - south_m) / cell_m)
    keys = []
    for over in range(int((last_column - first_column).max()) + 1):
        for up in range(int((last_row - first_row).max()) + 1):
            column, row = first_column + over, first_row + up
            there = (column <= last_column) & (row <= last_row) & (column < columns) & (row < rows)
            there &= (column >= 0) & (row >= 0)
            cell = (row * columns + column)[there].astype(np.int64)
            keys.append(cell * x_m.size + segment[there])
    entered = np.unique(np.concatenate(keys))
    cells, segments = np.divmod(entered, x_m.size)
    begins = np.searchsorted(cells, np.arange(columns * rows + 1))
    return RouteGrid(west_m, south_m, cell_m, columns, rows, begins, segments)


def pieces(
    x_m: FloatArray, y_m: FloatArray, cell_m: float
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """The segments cut into pieces no longer than a cell: whose each is, its west, east, south and north."""
    delta_x, delta_y = np.diff(x_m), np.diff(y_m)
    count = np.maximum(1, np.ceil(np.hypot(delta_x, delta_y) / cell_m)).astype(np.int64)
    segment = np.repeat(np.arange(count.size), count)
    number = np.arange(segment.size) - np.repeat(np.cumsum(count) - count, count)
    ends: list[FloatArray] = []
    for start, delta in ((x_m[:-1], delta_x), (y_m[:-1], delta_y)):
        begin = start[segment] + delta[segment] * number / count[segment]
        end = start[segment] + delta[segment] * (number + 1) / count[segment]
        ends += [np.minimum(begin, end), np.maximum(begin, end)]
    left, right, low, high = ends
    return segment, left, right, low, high
