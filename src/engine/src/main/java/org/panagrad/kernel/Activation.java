package org.panagrad.kernel;

/**
 * The element-wise functions a layer may end in.
 *
 * <p>Each is written f(z) and differentiated from whichever of z and f(z) is cheaper to keep.
 */
public enum Activation {
  /** f(z) = z. */
  IDENTITY(Saved.NOTHING),
  /** f(z) = max(z, 0), with f'(0) = 0. */
  RELU(Saved.OUTPUT),
  /** f(z) = z for z > 0, else slope * z, with f'(0) = slope; the slope is 0.01 unless told. */
  LEAKY_RELU(Saved.OUTPUT),
  /** f(z) = 1 / (1 + exp(-z)). */
  SIGMOID(Saved.OUTPUT),
  /** f(z) = tanh z. */
  TANH(Saved.OUTPUT),
  /** f(z) = z Phi(z), with Phi the standard normal distribution: the exact form, not tanh's. */
  GELU(Saved.INPUT),
  /** f(z) = z / (1 + exp(-z)), also called swish. */
  SILU(Saved.INPUT);

  /** What the derivative is computed from. */
  public enum Saved {
    NOTHING,
    INPUT,
    OUTPUT
  }

  private final Saved saved;

  Activation(Saved saved) {
    this.saved = saved;
  }

  /** What of the forward pass the backward pass reads. */
  public Saved saved() {
    return saved;
  }
}
