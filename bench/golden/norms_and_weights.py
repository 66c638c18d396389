#!/usr/bin/env python3
"""Writes the golden files of normalisation layers and of weighted losses with PyTorch.

    python3 bench/golden/norms_and_weights.py [--check] DIRECTORY

Same format and same rules as the files of WriteGolden (see README.md beside this file): inputs and
parameters are float32 values drawn from a fixed seed, all else is float64, rounded once. In Python,
as libtorch's Java classes have no functional calls for some of these. Needs torch and numpy.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

CONDITION = 1e-5


def layer_of(spec):
    kind = spec["type"]
    if kind == "dense":
        return nn.Linear(spec["in"], spec["out"], bias=spec.get("bias", True))
    if kind == "batchNorm":
        return nn.BatchNorm1d(spec["features"], eps=spec["epsilon"], momentum=spec["momentum"])
    if kind == "layerNorm":
        return nn.LayerNorm(spec["features"], eps=spec["epsilon"])
    return {"relu": nn.ReLU, "tanh": nn.Tanh, "gelu": nn.GELU}[kind]()


def dense(name, n_in, n_out):
    return {"type": "dense", "name": name, "in": n_in, "out": n_out}


def batch_norm(name, features, momentum=0.1):
    return {
        "type": "batchNorm",
        "name": name,
        "features": features,
        "epsilon": 1e-5,
        "momentum": momentum,
    }


def layer_norm(name, features):
    return {"type": "layerNorm", "name": name, "features": features, "epsilon": 1e-5}


CROSS_ENTROPY = {"name": "crossEntropy", "targets": "classes"}
MSE = {"name": "meanSquaredError", "targets": "dense"}


def cases():
    """(name, description, layers, loss, batch)"""
    mlp = [dense("fc1", 7, 13), {"type": "tanh"}, dense("fc2", 13, 5)]
    yield (
        "norm-batch",
        "7-13-5, batch normalisation before relu",
        # A bias before it would have a gradient of nothing but rounding.
        [
            {**dense("fc1", 7, 13), "bias": False},
            batch_norm("bn1", 13),
            {"type": "relu"},
            dense("fc2", 13, 5),
        ],
        CROSS_ENTROPY,
        11,
    )
    yield (
        "norm-batch-twice",
        "batch normalisation of the input and behind an activation, batch 33",
        [
            batch_norm("bn1", 7, 0.3),
            dense("fc1", 7, 17),
            {"type": "tanh"},
            batch_norm("bn2", 17),
            dense("fc2", 17, 3),
        ],
        MSE,
        33,
    )
    yield (
        "norm-layer",
        "7-13-5, layer normalisation before gelu",
        [dense("fc1", 7, 13), layer_norm("ln1", 13), {"type": "gelu"}, dense("fc2", 13, 5)],
        CROSS_ENTROPY,
        11,
    )
    yield (
        "norm-layer-output",
        "layer normalisation of the input and as output, batch 33",
        [layer_norm("ln1", 9), dense("fc1", 9, 16), {"type": "tanh"}, layer_norm("ln2", 16)],
        MSE,
        33,
    )


    plain = {"name": "crossEntropy", "targets": "classes"}
    weights = {"classWeights": [0.5, 2.0, 0.0, 1.25, 3.0]}
    smoothing = {"labelSmoothing": 0.1}
    yield "loss-smoothing", "label smoothing", mlp, {**plain, **smoothing}, 11
    dense_targets = {"name": "crossEntropy", "targets": "dense"}
    yield "loss-smoothing-dense", "smoothing of probabilities", mlp, {**dense_targets, **smoothing}, 11
    yield "loss-class-weights", "weights of classes", mlp, {**plain, **weights}, 11
    both = {**plain, **weights, **smoothing}
    yield "loss-class-weights-smoothing", "weights of classes and smoothing", mlp, both, 33
    rows = {"weights": "rows"}
    yield "loss-all-weights-smoothing", "weights of rows too", mlp, {**both, **rows}, 33
    for loss in ("meanSquaredError", "meanAbsoluteError", "binaryCrossEntropy"):
        yield (
            "loss-row-weights-" + loss,
            "weights of rows",
            mlp,
            {"name": loss, "targets": "dense", **rows},
            11,
        )
    huber = {"name": "huber", "targets": "dense", "delta": 0.5, **rows}
    yield "loss-row-weights-huber", "weights of rows", mlp, huber, 11


def given(name, layers, loss, batch):
    """Inputs, targets and parameters, float32."""
    random = np.random.default_rng([ord(c) for c in name])
    draw = lambda low, high, *shape: random.uniform(low, high, shape).astype(np.float32)
    n_in = layers[0].get("in", layers[0].get("features"))
    n_out = [l for l in layers if "out" in l or "features" in l][-1]
    n_out = n_out.get("out", n_out.get("features"))
    tensors = {"x": draw(-2, 2, batch, n_in)}
    if loss["targets"] == "classes":
        tensors["labels"] = random.integers(0, n_out, batch).astype(np.int32)
    else:
        tensors["targets"] = draw(0, 1, batch, n_out)
    if "weights" in loss:
        tensors["weights"] = draw(0, 2, batch)
        tensors["weights"][3] = 0
    for spec in layers:
        name = spec.get("name")
        if spec["type"] == "dense":
            bound = 1.5 / spec["in"] ** 0.5
            tensors[name + ".weight"] = draw(-bound, bound, spec["out"], spec["in"])
            if spec.get("bias", True):
                tensors[name + ".bias"] = draw(-bound, bound, spec["out"])
        elif "features" in spec:
            tensors[name + ".weight"] = draw(0.5, 1.5, spec["features"])
            tensors[name + ".bias"] = draw(-0.5, 0.5, spec["features"])
        if spec["type"] == "batchNorm":
            tensors[name + ".running_mean"] = draw(-1, 1, spec["features"])
            tensors[name + ".running_var"] = draw(0.5, 2, spec["features"])
    return tensors


def loss_module(loss, dtype):
    """PyTorch's loss of each row (and output)."""
    name = loss["name"]
    if name == "crossEntropy":
        weights = loss.get("classWeights")
        return nn.CrossEntropyLoss(
            weight=None if weights is None else torch.tensor(weights, dtype=dtype),
            label_smoothing=loss.get("labelSmoothing", 0.0),
            reduction="none",
        )
    if name == "huber":
        return nn.HuberLoss(delta=loss["delta"], reduction="none")
    return {
        "meanSquaredError": nn.MSELoss,
        "meanAbsoluteError": nn.L1Loss,
        "binaryCrossEntropy": nn.BCEWithLogitsLoss,
    }[name](reduction="none")


def mean_loss(loss, logits, tensors, dtype):
    """The mean by the weights of rows and their classes.

    Without weights of rows PyTorch's own mean, which for classes is the same.
    """
    module = loss_module(loss, dtype)
    classes = loss["targets"] == "classes"
    target = (
        torch.tensor(tensors["labels"]).long()
        if classes
        else torch.tensor(tensors["targets"], dtype=dtype)
    )
    if "weights" not in tensors:
        module.reduction = "mean"
        return module(logits, target)
    rows = torch.tensor(tensors["weights"], dtype=dtype)
    each = module(logits, target)
    if each.dim() == 2:
        each = each.mean(1)
    total = rows
    if "classWeights" in loss:
        total = rows * torch.tensor(loss["classWeights"], dtype=dtype)[target]
    return (rows * each).sum() / total.sum()


def compute(layers, loss, tensors, dtype):
    modules = [layer_of(spec).to(dtype) for spec in layers]
    with torch.no_grad():
        for spec, module in zip(layers, modules):
            for name, value in list(module.named_parameters()) + list(module.named_buffers()):
                if name != "num_batches_tracked":
                    value.copy_(torch.tensor(tensors[spec["name"] + "." + name], dtype=dtype))
    model = nn.Sequential(*modules)
    x = torch.tensor(tensors["x"], dtype=dtype, requires_grad=True)
    model.train()
    logits = model(x)
    value = mean_loss(loss, logits, tensors, dtype)
    value.backward()
    computed = {"logits": logits, "loss": value}
    if loss["name"] == "crossEntropy":
        computed["probabilities"] = torch.softmax(logits, 1)
    for spec, module in zip(layers, modules):
        for name, parameter in module.named_parameters():
            computed[f"grad.{spec['name']}.{name}"] = parameter.grad
    computed["grad.x"] = x.grad
    for spec, module in zip(layers, modules):
        for name, buffer in module.named_buffers():
            if name != "num_batches_tracked":
                computed[f"after.{spec['name']}.{name}"] = buffer
    if any(spec["type"] == "batchNorm" for spec in layers):
        # Softmax by running statistics is another's; the probabilities here are of training.
        computed.pop("probabilities", None)
        model.eval()
        computed["evaluated"] = model(x)
    return {name: tensor.detach().numpy() for name, tensor in computed.items()}


def file_bytes(description, layers, loss, tensors):
    case = {"description": description, "layers": layers, "loss": loss}
    header = {
        "__metadata__": {
            "format": "panagrad-golden-1",
            "torch": "torch " + torch.__version__.split("+")[0],
            "computed": "float64 from float32 inputs and parameters, rounded once to float32",
            "case": json.dumps(case, separators=(",", ":")),
        }
    }
    data = b""
    for name, tensor in tensors.items():
        integers = tensor.dtype == np.int32
        content = tensor.astype("<i4" if integers else "<f4").tobytes()
        header[name] = {
            "dtype": "I32" if integers else "F32",
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(content)],
        }
        data += content
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def deviation(one, other):
    worst = 0.0
    for name, exact in other.items():
        largest = np.abs(exact).max()
        if largest > 0:
            worst = max(worst, np.abs(one[name] - exact).max() / largest)
    return worst


def main(arguments):
    check = len(arguments) == 2 and arguments[0] == "--check"
    if len(arguments) != (2 if check else 1):
        print("usage: norms_and_weights.py [--check] DIRECTORY", file=sys.stderr)
        return 2
    directory = Path(arguments[-1])
    torch.set_num_threads(1)
    good = True
    for name, description, layers, loss, batch in cases():
        start = given(name, layers, loss, batch)
        exact = compute(layers, loss, start, torch.float64)
        off = deviation(compute(layers, loss, start, torch.float32), exact)
        if not off <= CONDITION:
            raise ValueError(f"{name} is ill-conditioned: float32 deviates from float64 by {off}")
        content = file_bytes(description, layers, loss, {**start, **exact})
        path = directory / (name + ".safetensors")
        remark = ""
        if not check:
            temporary = path.with_suffix(".tmp")
            temporary.write_bytes(content)
            temporary.rename(path)
        elif not path.exists() or path.read_bytes() != content:
            remark = "  DIFFERS from the file there"
            good = False
        print(f"{path.name:48} {len(content):7}  {off:.1e}{remark}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
