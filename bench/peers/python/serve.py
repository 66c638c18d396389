"""What the Python contenders share: workloads, data, the line protocol (see Serve.java)."""

import os
import sys
import time
import traceback

import numpy as np

# name: (batch, batches, adam, learning rate, widths), as in Workload.java;
# a difference shows in the loss after 50 steps.
WORKLOADS = {
    "A": (32, 25, False, 0.05, (784, 128, 10)),
    "B": (128, 10, False, 0.05, (784, 512, 256, 10)),
    "C": (1024, 10, False, 0.05, (784, 512, 256, 10)),
    "D": (256, 10, False, 0.05, (784, 2048, 2048, 10)),
    "E": (64, 25, False, 0.02, (64, 64, 64, 1)),
    "F": (128, 10, True, 1e-4, (784, 512, 256, 10)),
}


class Data:
    """The data of a workload: features (rows, inputs), targets, weights [(out, in), (out)]."""

    def __init__(self, directory, workload, weights):
        self.batch, self.batches, self.adam, self.learning_rate, self.widths = WORKLOADS[workload]
        self.classes = self.widths[-1] > 1
        self.features = np.fromfile(
            os.path.join(directory, workload + ".features"), np.float32
        ).reshape(-1, self.widths[0])
        self.targets = np.fromfile(
            os.path.join(directory, workload + ".targets"),
            np.int32 if self.classes else np.float32,
        )
        flat = np.fromfile(os.path.join(directory, weights), np.float32)
        self.weights, self.biases = [], []
        at = 0
        for inputs, outputs in zip(self.widths, self.widths[1:]):
            self.weights.append(flat[at : at + inputs * outputs].reshape(outputs, inputs))
            at += inputs * outputs
            self.biases.append(flat[at : at + outputs])
            at += outputs


def serve(make):
    """make(data) gives an object with about, train(n), loss() and predict(rows, n)."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    contender = None
    for line in iter(sys.stdin.readline, ""):
        words = line.split()
        try:
            if words[0] == "prepare":
                contender = make(Data(*words[1:]))
                answer = contender.about.replace("\n", " ")
            elif words[0] == "train":
                begin = time.perf_counter_ns()
                contender.train(int(words[1]))
                answer = time.perf_counter_ns() - begin
            elif words[0] == "loss":
                answer = repr(float(contender.loss()))
            elif words[0] == "predict":
                begin = time.perf_counter_ns()
                contender.predict(int(words[1]), int(words[2]))
                answer = time.perf_counter_ns() - begin
            elif words[0] == "quit":
                return
            else:
                raise ValueError("no command '%s'" % words[0])
            answers.write("@ %s\n" % answer)
        except Exception as error:  # the coordinator reports it and goes on with the others
            traceback.print_exc()
            answers.write("@error %s\n" % repr(error).replace("\n", " "))
