"""Rows times a matrix, each row alone: its sums are added up in one order, whatever other rows stand beside it.

A product of matrices rounds a row otherwise where it is one of many, and equal titles shall have equal vectors, to the
last bit. Imported where a text is encoded.
"""

import numpy as np

from matcher.compiled import compiled
from matcher.core.ports import Vectors


def turned(rows: Vectors, matrix: Vectors) -> Vectors:
    """Return the products of shape (rows, columns), each row scaled to length 1.

    Args:
        rows: shape (rows, n).
        matrix: shape (n, columns), no row of whose products is 0.
    """
    found: Vectors = np.zeros((len(rows), matrix.shape[1]), dtype=np.float32)
    _turn(rows, matrix, found)
    return found


@compiled
def _turn(rows: Vectors, matrix: Vectors, found: Vectors) -> None:
    for row in range(len(rows)):
        out = found[row]
        for first in range(0, len(matrix) - 3, 4):
            # Four at a time: what is added up so far is read and written a quarter as often.
            a, b, c, d = rows[row, first], rows[row, first + 1], rows[row, first + 2], rows[row, first + 3]
            one, two, three, four = matrix[first], matrix[first + 1], matrix[first + 2], matrix[first + 3]
            for column in range(len(out)):
                out[column] += a * one[column] + b * two[column] + c * three[column] + d * four[column]
        for place in range(len(matrix) - len(matrix) % 4, len(matrix)):
            for column in range(len(out)):
                out[column] += rows[row, place] * matrix[place, column]
        squares = np.float64(0.0)
        for column in range(len(out)):
            squares += np.float64(out[column]) * np.float64(out[column])
        size = np.float32(max(np.sqrt(squares), 1e-12))
        for column in range(len(out)):
            out[column] /= size
