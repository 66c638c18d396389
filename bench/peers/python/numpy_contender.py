"""A multilayer perceptron in numpy: everything preallocated, everything in place.

Weights lie as (in, out), so that the forward product is the plain one. The parameters are views
of one flat array, as are the gradients: the update is a call or two for all of them. For SGD the
learning rate is multiplied into the gradient at the outputs, where there is least to multiply.

NUMPY_LAYOUT=feature-major lets the batch index be the fastest in all that hidden layers compute;
matmul then asks BLAS for the transposed product, and nothing is copied.
"""

import math
import os

import numpy as np

from serve import serve


class NumpyContender:
    def __init__(self, data):
        self.data = data
        widths = data.widths
        self.layers = len(widths) - 1
        self.at = 0
        size = sum((i + 1) * o for i, o in zip(widths, widths[1:]))
        self.parameters = np.empty(size, np.float32)
        self.gradients = np.zeros(size, np.float32)
        self.w, self.b = self._views(self.parameters)
        self.dw, self.db = self._views(self.gradients)
        for l in range(self.layers):
            self.w[l][:] = data.weights[l].T
            self.b[l][:] = data.biases[l]
        n = data.batch
        self.by_feature = os.environ.get("NUMPY_LAYOUT") == "feature-major"
        self.y = self._activations(n)
        self.dy = self._activations(n)
        self.mask = self._activations(n)[:-1]
        self.ones = np.ones(n, np.float32)
        self.last_loss = 0.0
        if data.classes:
            self.class_ones = np.ones(widths[-1], np.float32)
            self.row_starts = np.arange(n, dtype=np.int32) * np.int32(widths[-1])
            self.hits = np.empty(n, np.int32)
            self.row = np.empty((n, 1), np.float32)
        if data.adam:
            self.m = np.zeros(size, np.float32)
            self.v = np.zeros(size, np.float32)
            self.t = np.empty(size, np.float32)
            self.steps = 0
        self.predictions = {}
        config = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        self.about = "numpy %s, %s %s, OPENBLAS_NUM_THREADS=%s" % (
            np.__version__,
            config["name"],
            config["version"],
            os.environ.get("OPENBLAS_NUM_THREADS", "unset"),
        )

    def _activations(self, n):
        *hidden, last = self.data.widths[1:]
        if self.by_feature:
            layers = [np.empty((width, n), np.float32).T for width in hidden]
        else:
            layers = [np.empty((n, width), np.float32) for width in hidden]
        return layers + [np.empty((n, last), np.float32)]

    def _views(self, flat):
        weights, biases, at = [], [], 0
        for inputs, outputs in zip(self.data.widths, self.data.widths[1:]):
            weights.append(flat[at : at + inputs * outputs].reshape(inputs, outputs))
            at += inputs * outputs
            biases.append(flat[at : at + outputs])
            at += outputs
        return weights, biases

    def _forward(self, x, y):
        for l in range(self.layers):
            z = y[l]
            np.matmul(x, self.w[l], out=z)
            np.add(z, self.b[l], out=z)
            if l < self.layers - 1:
                np.maximum(z, 0, out=z)
            x = z
        return x

    def _gradient(self, scale, from_row, to_row):
        """The loss, and its gradient at the outputs times scale."""
        n = self.data.batch
        z, g = self.y[-1], self.dy[-1]
        targets = self.data.targets[from_row:to_row]
        if not self.data.classes:
            np.subtract(z.ravel(), targets, out=g.ravel())
            flat = g.ravel()
            loss = float(np.dot(flat, flat)) / n
            g *= np.float32(2 * scale / n)
            return loss
        np.maximum.reduce(z, axis=1, keepdims=True, out=self.row)
        np.subtract(z, self.row, out=z)
        np.exp(z, out=g)
        sums = self.row[:, 0]
        np.dot(g, self.class_ones, out=sums)
        np.add(self.row_starts, targets, out=self.hits)
        loss = float((np.log(sums).sum() - z.ravel().take(self.hits).sum()) / n)
        np.divide(g, self.row, out=g)
        g.ravel()[self.hits] -= 1
        g *= np.float32(scale / n)
        return loss

    def train(self, steps):
        data, n = self.data, self.data.batch
        for _ in range(steps):
            row = self.at * n
            self.at = (self.at + 1) % data.batches
            x = data.features[row : row + n]
            self._forward(x, self.y)
            self.last_loss = self._gradient(
                1 if data.adam else data.learning_rate, row, row + n
            )
            for l in range(self.layers - 1, -1, -1):
                below = self.y[l - 1] if l else x
                g = self.dy[l]
                np.matmul(below.T, g, out=self.dw[l])
                np.dot(self.ones, g, out=self.db[l])
                if l:
                    g_below = self.dy[l - 1]
                    np.matmul(g, self.w[l].T, out=g_below)
                    # Into floats: multiplying by a mask of booleans takes twice as long.
                    np.greater(below, 0, out=self.mask[l - 1], casting="unsafe")
                    np.multiply(g_below, self.mask[l - 1], out=g_below)
            if data.adam:
                self._adam()
            else:
                np.subtract(self.parameters, self.gradients, out=self.parameters)

    def _adam(self):
        # As in the paper's end of section 2: both corrections in one factor, which is exact when
        # epsilon is scaled with it.
        beta1, beta2, epsilon = 0.9, 0.999, 1e-8
        self.steps += 1
        correction = math.sqrt(1 - beta2**self.steps)
        m, v, t, g = self.m, self.v, self.t, self.gradients
        m *= np.float32(beta1)
        np.multiply(g, np.float32(1 - beta1), out=t)
        m += t
        v *= np.float32(beta2)
        np.multiply(g, g, out=t)
        t *= np.float32(1 - beta2)
        v += t
        np.sqrt(v, out=t)
        t += np.float32(epsilon * correction)
        np.divide(m, t, out=t)
        t *= np.float32(self.data.learning_rate * correction / (1 - beta1**self.steps))
        np.subtract(self.parameters, t, out=self.parameters)

    def loss(self):
        n = self.data.batch
        self._forward(self.data.features[:n], self.y)
        return self._gradient(0, 0, n)

    def predict(self, rows, times):
        if rows not in self.predictions:
            self.predictions[rows] = self._activations(rows)
        y = self.predictions[rows]
        x = self.data.features[:rows]
        for _ in range(times):
            self._forward(x, y)


if __name__ == "__main__":
    serve(NumpyContender)
