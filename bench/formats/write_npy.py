#!/usr/bin/env python3
"""Writes the NumPy files that the tests of org.panagrad.formats.npy read.

usage: python3 bench/formats/write_npy.py src/formats/src/test/resources/org/panagrad/formats/npy
"""

import sys
from pathlib import Path

import numpy as np

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)


def values(dtype, shape):
    """Numbers that every type holds exactly: 0, 1, 2... as they are, signed ones less 50, floats / 8 - 1."""
    k = np.arange(np.prod(shape)).reshape(shape) * 7 % 100
    kind = np.dtype(dtype).kind
    if kind == "b":
        return k % 3 == 0
    if kind == "f":
        return (k / 8 - 1).astype(dtype)
    return (k - 50 if kind == "i" else k).astype(dtype)


types = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]
arrays = {}
for name in types:
    for order in "<" if name.endswith("1") else "<>":
        for layout in "CF":
            array = values(order + name, (5, 3))
            arrays[f"{name}{'be' if order == '>' else 'le'}{layout}"] = np.asarray(array, order=layout)
arrays["y"] = np.array([0, 2, 1, 0, 2])
np.savez(out / "types.npz", **arrays)
np.savez_compressed(out / "types-compressed.npz", **arrays)

for version in (1, 2, 3):
    with open(out / f"v{version}.npy", "wb") as file:
        np.lib.format.write_array(file, values("<f4", (4, 2, 3)), version=(version, 0))
np.save(out / "fortran.npy", np.asfortranarray(values("<f4", (4, 2, 3))))
np.save(out / "labels.npy", np.array([3, 0, 1, 3], dtype=np.int64))
np.save(out / "targets.npy", values("<f8", (4, 2)))
np.save(out / "vector.npy", values("<f4", (4,)))

np.savez(
    out / "split.npz",
    x_train=values("u1", (4, 2, 2)),
    y_train=np.array([0, 1, 1, 0], dtype=np.uint8),
    x_test=values("u1", (2, 2, 2)),
    y_test=np.array([1, 0], dtype=np.uint8),
)

np.save(out / "bad-complex.npy", np.zeros((4, 2), dtype=np.complex64))
np.save(out / "bad-object.npy", np.array([["a", 1], [None, 2]], dtype=object), allow_pickle=True)
np.save(out / "bad-records.npy", np.zeros(4, dtype=[("a", "<f4"), ("b", "<i4")]))
np.save(out / "bad-text.npy", np.array(["a", "bc", "d", "e"]))
np.save(out / "bad-empty.npy", np.zeros((0, 3), dtype=np.float32))
np.save(out / "bad-nan.npy", np.array([[1, 2], [3, np.nan], [5, 6], [7, 8]], dtype=np.float32))
