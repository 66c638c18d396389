#!/usr/bin/env python3
"""Writes what PyTorch makes of schedules, clipping, accumulation and penalties, for the engine's tests.

usage: python3 bench/golden/training.py     (needs torch; the tests do not)

Files go to src/engine/src/test/resources/org/panagrad/golden-training: schedules.json, and a
safetensors file per training in the format of bench/golden/README.md, computed in float64 from
float32 data and parameters and rounded once. A case that float32 PyTorch itself computes more
than 4e-6 differently, relative to the largest value of a tensor, is refused: it would sit on a kink.
"""

import json
import pathlib
import struct

import torch
from torch.optim import lr_scheduler

OUT = pathlib.Path(__file__).resolve().parents[2] / (
    "src/engine/src/test/resources/org/panagrad/golden-training")
ROWS, INPUTS, HIDDEN, CLASSES, BATCH, EPOCHS = 150, 7, 13, 5, 16, 2


def rates(base, make, steps):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=base)
    scheduler = make(optimizer)
    seen = []
    for _ in range(steps):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return seen


def momenta(total, start, least, most, adam):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = (torch.optim.Adam([parameter], lr=0.05) if adam
                 else torch.optim.SGD([parameter], lr=0.05, momentum=0.9))
    scheduler = lr_scheduler.OneCycleLR(
        optimizer, max_lr=0.05, total_steps=total, pct_start=start, cycle_momentum=True,
        base_momentum=least, max_momentum=most)
    seen = []
    for step in range(total):
        group = optimizer.param_groups[0]
        seen.append(group["betas"][0] if adam else group["momentum"])
        optimizer.step()
        if step < total - 1:
            scheduler.step()
    return seen


def plateau(base, losses, **settings):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=base)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **settings)
    seen = []
    for loss in losses:
        scheduler.step(loss)
        seen.append(optimizer.param_groups[0]["lr"])
    return seen


def warm_cosine(warmup, total, least):
    def make(optimizer):
        rise = lr_scheduler.LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup - 1)
        fall = lr_scheduler.CosineAnnealingLR(optimizer, T_max=total - warmup, eta_min=least)
        return lr_scheduler.SequentialLR(optimizer, [rise, fall], milestones=[warmup])
    return make


def schedules():
    cases = []

    def add(kind, base, seen, **settings):
        cases.append({"kind": kind, "base": base, **settings, "rates": seen})

    add("constant", 0.1, rates(0.1, lambda o: lr_scheduler.ConstantLR(o, factor=1.0), 5))
    add("step", 0.1, rates(0.1, lambda o: lr_scheduler.StepLR(o, 7, gamma=0.5), 40),
        every=7, gamma=0.5)
    add("step", 0.3, rates(0.3, lambda o: lr_scheduler.StepLR(o, 1, gamma=0.1), 6),
        every=1, gamma=0.1)
    add("exponential", 0.1, rates(0.1, lambda o: lr_scheduler.ExponentialLR(o, 0.9), 50),
        every=1, gamma=0.9)
    add("cosine", 0.2, rates(0.2, lambda o: lr_scheduler.CosineAnnealingLR(o, 50, 0.001), 51),
        warmup=0, total=50, least=0.001)
    add("cosine", 0.2, rates(0.2, warm_cosine(8, 61, 0.0), 62), warmup=8, total=61, least=0.0)
    add("cosine", 1e-3, rates(1e-3, warm_cosine(2, 7, 1e-5), 8), warmup=2, total=7, least=1e-5)
    for total, start, div, final in [
            (100, 0.3, 25.0, 1e4), (37, 0.3, 25.0, 1e4), (2, 0.3, 25.0, 1e4),
            (50, 0.25, 10.0, 100.0), (1000, 0.1, 25.0, 1e4)]:
        add("one-cycle", 0.05,
            rates(0.05, lambda o: lr_scheduler.OneCycleLR(
                o, max_lr=0.05, total_steps=total, pct_start=start, div_factor=div,
                final_div_factor=final, cycle_momentum=False), total - 1)
            + [0.05 / div / final],
            total=total, start=start, divisor=div, finalDivisor=final)
    for total, start, least, most, adam in [
            (100, 0.3, 0.85, 0.95, False), (37, 0.3, 0.85, 0.95, True), (50, 0.25, 0.6, 0.99, True)]:
        add("one-cycle", 0.05,
            rates(0.05, lambda o: lr_scheduler.OneCycleLR(
                o, max_lr=0.05, total_steps=total, pct_start=start, cycle_momentum=False), total - 1),
            total=total, start=start, divisor=25.0, finalDivisor=1e4, least=least, most=most,
            momenta=momenta(total, start, least, most, adam))
    losses = [1.0, 0.9, 0.8999999, 0.91, 0.95, 0.9, 0.85, 0.85, 0.85, 0.85, 0.85, 0.85, 0.85,
              0.85, 0.85, 0.84, 0.83, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9]
    for settings in [dict(factor=0.1, patience=10, threshold=1e-4, cooldown=0, min_lr=0.0),
                     dict(factor=0.5, patience=2, threshold=1e-4, cooldown=0, min_lr=0.0),
                     dict(factor=0.5, patience=1, threshold=0.01, cooldown=3, min_lr=0.02),
                     dict(factor=0.1, patience=0, threshold=0.0, cooldown=1, min_lr=0.0)]:
        add("plateau", 0.1, plateau(0.1, losses, **settings), losses=losses, **settings)
    return cases


def positives(row):
    return int((row[:CLASSES - 1] > 0).sum())


def penalized(parameters, vectors):
    return [p for p in parameters if vectors or p.dim() > 1]


def groups(case, parameters):
    """Parameter groups, with the decay on those that have it."""
    decay = case["weightDecay"]
    held = penalized(parameters, case["vectors"])
    free = [p for p in parameters if all(p is not h for h in held)]
    return [{"params": held, "weight_decay": decay}] + (
        [{"params": free, "weight_decay": 0.0}] if free else [])


def optimizer_of(case, parameters):
    # A decoupled decay that the optimizer does not have itself is taken off in the loop below.
    decoupled = case["decoupled"] and case["name"] not in ("adamW", "sgd")
    made = groups({**case, "weightDecay": 0.0} if decoupled else case, parameters)
    rate = case["learningRate"]
    name = case["name"]
    if name == "sgd":
        return torch.optim.SGD(made, lr=rate)
    if name in ("momentum", "nesterov"):
        return torch.optim.SGD(made, lr=rate, momentum=case["momentum"], nesterov=name == "nesterov")
    if name == "rmsProp":
        return torch.optim.RMSprop(made, lr=rate, alpha=case["alpha"], eps=case["epsilon"])
    kind = torch.optim.AdamW if name == "adamW" else torch.optim.Adam
    return kind(made, lr=rate, betas=(case["beta1"], case["beta2"]), eps=case["epsilon"])


def train(case, given, dtype):
    x, labels, start = given
    x = x.to(dtype)
    parameters = [p.detach().clone().to(dtype).requires_grad_(True) for p in start]
    w1, b1, w2, b2 = parameters
    optimizer = optimizer_of(case, parameters)
    group = case["accumulate"] * BATCH
    updates = EPOCHS * ((ROWS + group - 1) // group)
    scheduler = None
    if case["schedule"] in ("one-cycle", "one-cycle-momentum"):
        scheduler = lr_scheduler.OneCycleLR(
            optimizer, max_lr=case["learningRate"], total_steps=updates,
            cycle_momentum=case["schedule"] == "one-cycle-momentum")
    losses, norms, steps = [], [], {}
    step = 0
    for _ in range(EPOCHS):
        for begin in range(0, ROWS, group):
            end = min(begin + group, ROWS)
            optimizer.zero_grad()
            total = 0.0
            for at in range(begin, end, BATCH):
                to = min(at + BATCH, end)
                hidden = torch.relu(x[at:to] @ w1.T + b1)
                loss = torch.nn.functional.cross_entropy(
                    hidden @ w2.T + b2, labels[at:to], reduction="sum") / (end - begin)
                loss.backward()
                total += loss.item()
            losses.append(total)
            both = case["clipValue"] > 0 and case["clipNorm"] > 0
            if both:  # elements first; the norm is that of what is left of them
                torch.nn.utils.clip_grad_value_(parameters, case["clipValue"])
            norms.append(torch.nn.utils.clip_grad_norm_(
                parameters, case["clipNorm"] if case["clipNorm"] > 0 else float("inf")).item())
            if case["clipValue"] > 0 and not both:
                torch.nn.utils.clip_grad_value_(parameters, case["clipValue"])
            with torch.no_grad():
                for p in penalized(parameters, case["vectors"]):
                    p.grad += case["l1"] * torch.sign(p)
                    if case["decoupled"] and case["name"] not in ("adamW", "sgd"):
                        p *= 1 - optimizer.param_groups[0]["lr"] * case["weightDecay"]
            optimizer.step()
            if scheduler is not None and step < updates - 1:
                scheduler.step()
            step += 1
            if step in (1, 2, 5) or step == updates:
                steps[step] = [p.detach().clone() for p in parameters]
    return losses, norms, steps


def write(path, metadata, tensors):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        integers = tensor.dtype in (torch.int32, torch.int64)
        flat = tensor.contiguous().view(-1).tolist()
        raw = struct.pack("<%d%s" % (len(flat), "i" if integers else "f"), *flat)
        header[name] = {"dtype": "I32" if integers else "F32", "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def refuse_noise(name, precise, single):
    for step, wanted in precise[2].items():
        for w, s in zip(wanted, single[2][step]):
            off = float((w - s.double()).abs().max() / w.abs().max())
            if off > 4e-6:
                raise SystemExit("%s: float32 is off by %g at step %d" % (name, off, step))


def trainings():
    generator = torch.Generator().manual_seed(500)

    def uniform(*shape, bound):
        return (torch.rand(*shape, generator=generator) * 2 - 1) * bound

    x = uniform(ROWS, INPUTS, bound=2.0)
    labels = torch.tensor([positives(row) for row in x])
    start = [uniform(HIDDEN, INPUTS, bound=INPUTS ** -0.5), uniform(HIDDEN, bound=INPUTS ** -0.5),
             uniform(CLASSES, HIDDEN, bound=HIDDEN ** -0.5), uniform(CLASSES, bound=HIDDEN ** -0.5)]
    names = ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]

    sgd = dict(name="sgd", learningRate=0.1, weightDecay=0.0)
    momentum = dict(name="momentum", learningRate=0.05, momentum=0.9, weightDecay=0.0)
    nesterov = dict(momentum, name="nesterov")
    rms = dict(name="rmsProp", learningRate=0.001, alpha=0.99, epsilon=1e-8, weightDecay=0.0)
    adam = dict(name="adam", learningRate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8,
                weightDecay=0.0)
    adam_w = dict(adam, name="adamW", weightDecay=0.05)
    cases = {
        "clip-norm-sgd": (sgd, dict(clipNorm=0.5)),
        "clip-norm-momentum": (momentum, dict(clipNorm=0.4)),
        "clip-norm-adam": (adam, dict(clipNorm=0.3)),
        "clip-norm-loose": (sgd, dict(clipNorm=100.0)),
        "clip-value-sgd": (sgd, dict(clipValue=0.05)),
        "clip-value-adam": (adam, dict(clipValue=0.02)),
        "clip-value-and-norm-sgd": (sgd, dict(clipValue=0.05, clipNorm=0.3)),
        "clip-value-and-norm-adam": (adam, dict(clipValue=0.04, clipNorm=0.2)),
        "accumulate-sgd": (sgd, dict(accumulate=3)),
        "accumulate-adam": (adam, dict(accumulate=3)),
        "accumulate-clip-norm": (momentum, dict(accumulate=4, clipNorm=0.4)),
        "accumulate-clip-value-and-norm": (momentum, dict(accumulate=2, clipValue=0.1, clipNorm=0.3)),
        "accumulate-clip-value": (rms, dict(accumulate=2, clipValue=0.05)),
        "l1-sgd": (sgd, dict(l1=0.01)),
        "l1-adam-no-bias": (adam, dict(l1=0.01, vectors=False)),
        "l2-sgd-no-bias": (dict(sgd, weightDecay=0.1), dict(vectors=False)),
        "l2-adam-no-bias": (dict(adam, weightDecay=0.1), dict(vectors=False)),
        "l1-l2-clip-norm-momentum": (dict(momentum, weightDecay=0.05),
                                     dict(l1=0.005, clipNorm=0.4, vectors=False)),
        "decoupled-sgd": (dict(sgd, weightDecay=0.1), dict(decoupled=True)),
        "decoupled-momentum": (dict(momentum, weightDecay=0.1), dict(decoupled=True)),
        "decoupled-nesterov-no-bias": (dict(nesterov, weightDecay=0.1),
                                       dict(decoupled=True, vectors=False)),
        "decoupled-rmsProp": (dict(rms, weightDecay=0.1), dict(decoupled=True)),
        "adamW-no-bias": (adam_w, dict(vectors=False)),
        "one-cycle-adam": (adam, dict(schedule="one-cycle")),
        "one-cycle-adamW-clip-norm": (adam_w, dict(schedule="one-cycle", clipNorm=0.3)),
        "one-cycle-momentum-momentum": (momentum, dict(schedule="one-cycle-momentum")),
        "one-cycle-momentum-nesterov-clip-norm": (
            nesterov, dict(schedule="one-cycle-momentum", clipNorm=0.4)),
        "one-cycle-momentum-adam": (adam, dict(schedule="one-cycle-momentum")),
        "one-cycle-momentum-adamW-accumulate": (
            adam_w, dict(schedule="one-cycle-momentum", accumulate=2)),
    }
    usual = dict(clipNorm=0.0, clipValue=0.0, accumulate=1, l1=0.0, decoupled=False, vectors=True,
                 schedule="constant")
    for name, (rule, changes) in cases.items():
        case = {**usual, **changes, **rule}
        given = (x, labels, start)
        precise = train(case, given, torch.float64)
        refuse_noise(name, precise, train(case, given, torch.float32))
        losses, norms, steps = precise
        tensors = {"x": x, "labels": labels.int(), **dict(zip(names, start)),
                   "losses": torch.tensor(losses), "norms": torch.tensor(norms)}
        for step, values in steps.items():
            tensors.update({"step%d.%s" % (step, n): v for n, v in zip(names, values)})
        description = {
            "description": "%d epochs in mini-batches of %d, in order" % (EPOCHS, BATCH),
            "layers": [{"type": "dense", "name": "fc1", "in": INPUTS, "out": HIDDEN},
                       {"type": "relu"},
                       {"type": "dense", "name": "fc2", "in": HIDDEN, "out": CLASSES}],
            "loss": {"name": "crossEntropy", "targets": "classes"},
            "optimizer": rule,
            "training": {**usual, **changes, "batchSize": BATCH},
            "recordedSteps": list(steps)}
        write(OUT / (name + ".safetensors"),
              {"format": "panagrad-golden-1", "torch": "torch " + torch.__version__,
               "computed": "float64 from float32 inputs and parameters, rounded once to float32",
               "case": json.dumps(description, separators=(",", ":"))}, tensors)


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(case) for case in schedules())
    (OUT / "schedules.json").write_text("[\n" + lines + "\n]\n")
    trainings()
