package org.panagrad.infer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a model says of a raw row. */
public sealed interface TablePrediction {
  /**
   * A class.
   *
   * @param label the likeliest, the first among equals
   * @param probabilities by class, in the model's order; outputs as they are where the model was
   *     trained with a loss that knows no probabilities
   */
  record OfClass(String label, Map<String, Float> probabilities) implements TablePrediction {
    public OfClass {
      probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
    }
  }

  /**
   * A number.
   *
   * @param value in the target's own unit
   */
  record OfValue(double value) implements TablePrediction {}
}
