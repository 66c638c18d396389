"""Writes the golden values of the engine's metrics with scikit-learn.

usage: python3 bench/golden/metrics.py > src/engine/src/test/resources/org/panagrad/metrics/scikit-learn.json

needs numpy and scikit-learn (written with 1.9.1)
"""

import json
import sys

import numpy as np
import sklearn
from sklearn import metrics as m


def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def averages(labels, said, average):
    p, r, f, _ = m.precision_recall_fscore_support(labels, said, average=average, zero_division=0)
    return {"precision": p, "recall": r, "f1": f}


def classes(name, rng, rows, classes, absent=(), coarse=False, single=False):
    labels = rng.choice([c for c in range(classes) if c not in absent], rows)
    outputs = rng.normal(size=(rows, 1 if single else classes))
    if single:
        outputs[:, 0] += 1.5 * (2 * labels - 1)
    else:
        outputs[np.arange(rows), labels] += 1.5
    if coarse:
        outputs = np.round(2 * outputs) / 2
    outputs = outputs.astype(np.float32)
    wide = outputs.astype(np.float64)
    if single:
        positive = 1 / (1 + np.exp(-wide[:, 0]))
        p = np.stack([1 - positive, positive], axis=1)
        said = (wide[:, 0] > 0).astype(int)
    else:
        p = softmax(wide)
        said = wide.argmax(axis=1)
    every = list(range(classes))
    precision, recall, f1, support = m.precision_recall_fscore_support(
        labels, said, labels=every, zero_division=0)
    # Of rounded probabilities scikit-learn would tell equal ones apart.
    scores = np.round(p, 12)
    if classes == 2:
        auc = [m.roc_auc_score(labels == 1, scores[:, 1])] * 2
    else:
        auc = [m.roc_auc_score(labels == c, scores[:, c]) if 0 < (labels == c).sum() < rows else None
               for c in every]
    top = [m.top_k_accuracy_score(labels, p, k=k, labels=every) for k in range(1, classes)] \
        if classes > 2 and not coarse else None
    return {
        "name": name, "loss": "binary-cross-entropy" if single else "cross-entropy", "classes": classes,
        "labels": labels.tolist(), "outputs": [[float(v) for v in row] for row in outputs],
        "accuracy": m.accuracy_score(labels, said), "logLoss": m.log_loss(labels, p, labels=every),
        "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(),
        "support": support.tolist(), "rocAuc": auc, "topK": top,
        "macro": averages(labels, said, "macro"), "weighted": averages(labels, said, "weighted"),
        "micro": averages(labels, said, "micro"),
        "confusion": m.confusion_matrix(labels, said, labels=every).tolist(),
    }


def values(name, rng, rows, targets, shift=0.0):
    t = (rng.normal(size=(rows, targets)) + shift).astype(np.float32)
    f = (t + 0.3 * rng.normal(size=(rows, targets))).astype(np.float32)
    wt, wf = t.astype(np.float64), f.astype(np.float64)
    return {
        "name": name, "targets": t.tolist(), "outputs": f.tolist(),
        "rmse": float(np.sqrt(((wt - wf) ** 2).mean())), "mae": m.mean_absolute_error(wt, wf),
        "r2": m.r2_score(wt, wf),
        "rmses": [float(np.sqrt(m.mean_squared_error(wt[:, k], wf[:, k]))) for k in range(targets)],
        "maes": [m.mean_absolute_error(wt[:, k], wf[:, k]) for k in range(targets)],
        "r2s": [m.r2_score(wt[:, k], wf[:, k]) for k in range(targets)],
    }


rng = np.random.default_rng(4)
json.dump({
    "scikit-learn": sklearn.__version__,
    "classes": [
        classes("four classes", rng, 97, 4),
        classes("two outputs", rng, 61, 2),
        classes("one logit", rng, 61, 2, single=True),
        classes("one logit, many ties", rng, 61, 2, single=True, coarse=True),
        classes("two outputs, many ties", rng, 61, 2, coarse=True),
        classes("a class is absent", rng, 40, 5, absent=(3,)),
    ],
    "values": [
        values("one target", rng, 53, 1),
        values("three targets", rng, 31, 3),
        values("far from zero", rng, 53, 1, shift=30000),
    ],
}, sys.stdout, separators=(",", ":"))
print()
