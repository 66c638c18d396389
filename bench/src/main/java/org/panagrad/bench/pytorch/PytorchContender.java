package org.panagrad.bench.pytorch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;
import org.panagrad.bench.contender.BenchData;
import org.panagrad.bench.contender.Contender;
import org.panagrad.bench.contender.Serve;
import org.panagrad.bench.contender.Workload;

/**
 * libtorch: the functions behind its modules, autograd, its own optimizers. A scope around every
 * step frees the tensors at once, so the collector has none to find.
 */
@SuppressWarnings("try") // Scopes and guards act by being open.
final class PytorchContender implements Contender {
  private final List<Tensor> parameters = new ArrayList<>(); // weight, bias, weight, bias, ...
  private final List<TensorOptional> biases = new ArrayList<>();
  private final List<Tensor> batches = new ArrayList<>();
  private final List<Tensor> targets = new ArrayList<>();
  private final Map<Integer, Tensor> rowsToPredict = new HashMap<>();
  private @Nullable Optimizer optimizer;
  private @Nullable BenchData data;
  private int next;

  public static void main(String[] args) {
    Serve.run(PytorchContender::new);
  }

  @Override
  public String about() {
    return "libtorch "
        + torch.class.getPackage().getImplementationVersion()
        + " intra-op "
        + torch.get_num_threads()
        + ", OPENBLAS_NUM_THREADS="
        + System.getenv("OPENBLAS_NUM_THREADS");
  }

  @Override
  public void prepare(BenchData from) {
    data = from;
    Workload w = from.workload();
    TensorVector learned = new TensorVector();
    for (int l = 0; l < w.layers(); l++) {
      for (Tensor parameter :
          List.of(
              Tensor.create(from.weight(l), w.out(l), w.in(l)),
              Tensor.create(from.bias(l), w.out(l)))) {
        parameter.set_requires_grad(true);
        parameters.add(parameter);
        learned.push_back(parameter);
      }
      biases.add(new TensorOptional(parameters.getLast()));
    }
    for (int i = 0; i < w.batches(); i++) {
      int row = i * w.batch();
      int end = row + w.batch();
      batches.add(Tensor.create(from.features(row, end), w.batch(), w.inputs()));
      targets.add(
          w.classes()
              ? Tensor.create(from.labels(row, end), w.batch()).to(ScalarType.Long)
              : Tensor.create(from.values(row, end), w.batch(), w.outputs()));
    }
    optimizer =
        w.adam()
            ? new Adam(learned, new AdamOptions(w.learningRate()))
            : new SGD(learned, new SGDOptions(w.learningRate()));
  }

  private Tensor forward(Tensor x) {
    Tensor y = x;
    for (int l = 0; l < biases.size(); l++) {
      if (l > 0) {
        y = torch.relu(y);
      }
      y = torch.linear(y, parameters.get(2 * l), biases.get(l));
    }
    return y;
  }

  private Tensor lossOf(int batch) {
    Tensor y = forward(batches.get(batch));
    return workload().classes()
        ? torch.cross_entropy_loss(y, targets.get(batch))
        : torch.mse_loss(y, targets.get(batch));
  }

  private Workload workload() {
    return Objects.requireNonNull(data).workload();
  }

  @Override
  public void train(int steps) {
    Optimizer rule = Objects.requireNonNull(optimizer);
    for (int i = 0; i < steps; i++) {
      try (PointerScope scope = new PointerScope()) {
        Tensor loss = lossOf(next);
        rule.zero_grad();
        loss.backward();
        rule.step();
        next = next + 1 == batches.size() ? 0 : next + 1;
      }
    }
  }

  @Override
  public double loss() {
    try (PointerScope scope = new PointerScope();
        InferenceMode guard = new InferenceMode()) {
      return lossOf(0).item_float();
    }
  }

  @Override
  public void predict(int rows, int times) {
    Workload w = workload();
    Tensor x =
        rowsToPredict.computeIfAbsent(
            rows, n -> Tensor.create(Objects.requireNonNull(data).features(0, n), n, w.inputs()));
    try (InferenceMode guard = new InferenceMode()) {
      for (int i = 0; i < times; i++) {
        try (PointerScope scope = new PointerScope()) {
          forward(x);
        }
      }
    }
  }
}
