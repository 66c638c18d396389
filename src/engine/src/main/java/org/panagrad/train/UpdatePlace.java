package org.panagrad.train;

/**
 * An update, for messages: which it was, and of what.
 *
 * @param epoch from 1
 * @param batch the first of its mini-batches, of the epoch, from 0
 * @param lastBatch the last of them, the same but where gradients are accumulated
 * @param step from 1
 */
record UpdatePlace(int epoch, int batch, int lastBatch, long step, float learningRate) {
  @Override
  public String toString() {
    return "step "
        + step
        + " (epoch "
        + epoch
        + (batch == lastBatch ? ", batch " + batch : ", batches " + batch + " to " + lastBatch)
        + ")";
  }
}
