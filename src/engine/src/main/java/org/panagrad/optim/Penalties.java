package org.panagrad.optim;

import org.panagrad.plan.UpdateRule;

/**
 * What holds the parameters small besides the optimizer's own weight decay, and which of them.
 *
 * <p>All of it comes behind clipping, as PyTorch's weight decay does: clipping bounds what the data
 * asks for. None of it is in the loss that is reported.
 *
 * @param l1 the factor of sum |w| in what is made small; its gradient is l1 * sign(w), 0 at 0
 * @param decoupled whether weight decay shrinks the weights apart from the gradient, w = w (1 - lr
 *     * decay) first (Loshchilov and Hutter 2019), instead of adding decay * w to it; for plain SGD
 *     the two are one
 * @param vectors whether biases, and what else has one number per feature, as scale and shift of a
 *     normalization, are held small too
 */
public record Penalties(float l1, boolean decoupled, boolean vectors) {
  /** Nothing but the optimizer's weight decay, on all parameters. */
  public static final Penalties NONE = new Penalties(0, false, true);

  public Penalties {
    Optimizer.inRange("l1", l1, 0, Float.MAX_VALUE);
  }

  /** These with another L1 factor. */
  public Penalties l1(float factor) {
    return new Penalties(factor, decoupled, vectors);
  }

  /** These with the weight decay apart from the gradient, or not. */
  public Penalties decoupled(boolean apart) {
    return new Penalties(l1, apart, vectors);
  }

  /** These with or without biases and other vectors. */
  public Penalties vectors(boolean too) {
    return new Penalties(l1, decoupled, too);
  }

  /** The rule of the optimizer with these penalties. */
  public UpdateRule with(Optimizer optimizer) {
    Optimizer rule =
        optimizer instanceof Adam adam && decoupled
            ? new Adam(
                adam.learningRate(),
                adam.beta1(),
                adam.beta2(),
                adam.epsilon(),
                adam.weightDecay(),
                true)
            : optimizer;
    boolean shrinks =
        decoupled
            && optimizer.weightDecay() > 0
            && (optimizer instanceof Momentum || optimizer instanceof RmsProp);
    return l1 == 0 && !shrinks && vectors ? rule : new PenalizedRule(rule, l1, shrinks, vectors);
  }
}
