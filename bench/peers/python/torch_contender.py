"""The official PyTorch wheel: nn.Sequential, autograd, its fused optimizers."""

import os

import torch

from serve import serve


class TorchContender:
    def __init__(self, data):
        torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
        self.data = data
        self.at = 0
        layers = []
        for weight, bias in zip(data.weights, data.biases):
            if layers:
                layers.append(torch.nn.ReLU())
            linear = torch.nn.Linear(weight.shape[1], weight.shape[0])
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(weight))
                linear.bias.copy_(torch.from_numpy(bias))
            layers.append(linear)
        self.model = torch.nn.Sequential(*layers)
        self.cost = torch.nn.CrossEntropyLoss() if data.classes else torch.nn.MSELoss()
        rule = torch.optim.Adam if data.adam else torch.optim.SGD
        self.optimizer = rule(self.model.parameters(), lr=data.learning_rate, fused=True)
        features = torch.from_numpy(data.features)
        targets = torch.from_numpy(data.targets)
        targets = targets.long() if data.classes else targets.reshape(-1, 1)
        self.batches = list(zip(features.split(data.batch), targets.split(data.batch)))
        self.about = "torch %s, %d threads, %s" % (
            torch.__version__,
            torch.get_num_threads(),
            torch.backends.cpu.get_cpu_capability(),
        )

    def train(self, steps):
        for _ in range(steps):
            x, t = self.batches[self.at]
            self.at = (self.at + 1) % len(self.batches)
            loss = self.cost(self.model(x), t)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()

    def loss(self):
        with torch.inference_mode():
            x, t = self.batches[0]
            return self.cost(self.model(x), t).item()

    def predict(self, rows, times):
        x = torch.from_numpy(self.data.features[:rows])
        with torch.inference_mode():
            for _ in range(times):
                self.model(x)


if __name__ == "__main__":
    serve(TorchContender)
