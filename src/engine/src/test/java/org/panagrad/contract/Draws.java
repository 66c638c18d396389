package org.panagrad.contract;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Value;
import org.panagrad.random.SeededRandom;

/** Parameters drawn from a seed. */
final class Draws {
  private Draws() {}

  /** Uniform, of a size that keeps activations in the range where functions bend. */
  static Map<Value, float[]> parameters(Graph graph, SeededRandom random) {
    Map<Value, float[]> parameters = new LinkedHashMap<>();
    for (Value v : graph.parameters()) {
      float[] values = new float[v.shape().elements()];
      int fanIn = v.shape().rank() == 2 ? v.shape().extent(1) : 1;
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextDouble(-1.5, 1.5) / Math.sqrt(fanIn));
        if (v.path().endsWith("running_var")) {
          values[i] = Math.abs(values[i]) + 0.1f;
        }
      }
      parameters.put(v, values);
    }
    return parameters;
  }

  /** What a map holds under a key that it has. */
  static <K, V> V at(Map<K, V> map, K key) {
    return Objects.requireNonNull(map.get(key), String.valueOf(key));
  }

  static Map<Value, double[]> doubles(Map<Value, float[]> parameters) {
    Map<Value, double[]> doubles = new LinkedHashMap<>();
    parameters.forEach(
        (v, floats) -> {
          double[] values = new double[floats.length];
          for (int i = 0; i < values.length; i++) {
            values[i] = floats[i];
          }
          doubles.put(v, values);
        });
    return doubles;
  }
}
