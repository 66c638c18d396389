package org.panagrad.nn;

import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;

/**
 * y = x W^T + b with weight (out, in) and bias (out).
 *
 * @param in features in, or 0 to take what comes
 * @param out features out
 * @param bias whether there is one
 * @param initializer how weight and bias start, or null for the network's
 */
public record Dense(int in, int out, boolean bias, @Nullable Initializer initializer)
    implements Layer {
  /** The same layer without a bias. */
  public Dense withoutBias() {
    return new Dense(in, out, false, initializer);
  }

  /** The same layer, started this way. */
  public Dense initializedBy(Initializer how) {
    return new Dense(in, out, bias, how);
  }

  @Override
  public Value apply(NetworkBuilder network, Value x) {
    String path = network.nextName("fc");
    int fanIn = in == 0 ? x.shape().elements() : in;
    Value weight =
        network.parameter(path + ".weight", Shape.of(out, fanIn), false, fanIn, out, initializer);
    Value b =
        bias
            ? network.parameter(path + ".bias", Shape.of(out), true, fanIn, out, initializer)
            : null;
    return network.graph().linear(path, x, weight, b);
  }
}
