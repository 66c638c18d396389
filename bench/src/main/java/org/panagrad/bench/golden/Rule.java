package org.panagrad.bench.golden;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.RMSprop;
import org.bytedeco.pytorch.RMSpropOptions;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.TensorVector;

/**
 * An optimizer with its settings: PyTorch's own class, nothing re-implemented.
 *
 * @param name as in the metadata
 * @param settings every number of the update, as in the metadata
 */
record Rule(String name, Map<String, Object> settings, Function<TensorVector, Optimizer> create) {

  static Rule sgd(double learningRate, double weightDecay) {
    return ofSgd("sgd", learningRate, 0, false, weightDecay);
  }

  static Rule momentum(double learningRate, double momentum, double weightDecay) {
    return ofSgd("momentum", learningRate, momentum, false, weightDecay);
  }

  static Rule nesterov(double learningRate, double momentum, double weightDecay) {
    return ofSgd("nesterov", learningRate, momentum, true, weightDecay);
  }

  private static Rule ofSgd(
      String name, double learningRate, double momentum, boolean nesterov, double weightDecay) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("learningRate", learningRate);
    if (momentum != 0) {
      settings.put("momentum", momentum);
    }
    settings.put("weightDecay", weightDecay);
    return new Rule(
        name,
        settings,
        parameters -> {
          SGDOptions options = new SGDOptions(learningRate);
          options.momentum().put(momentum);
          options.nesterov().put(nesterov);
          options.weight_decay().put(weightDecay);
          return new SGD(parameters, options);
        });
  }

  static Rule rmsProp(double learningRate, double alpha, double epsilon, double weightDecay) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("learningRate", learningRate);
    settings.put("alpha", alpha);
    settings.put("epsilon", epsilon);
    settings.put("weightDecay", weightDecay);
    return new Rule(
        "rmsProp",
        settings,
        parameters -> {
          RMSpropOptions options = new RMSpropOptions(learningRate);
          options.alpha().put(alpha);
          options.eps().put(epsilon);
          options.weight_decay().put(weightDecay);
          return new RMSprop(parameters, options);
        });
  }

  /** With PyTorch's default betas and epsilon. */
  static Rule adam(double learningRate, double weightDecay) {
    return new Rule(
        "adam",
        adamSettings(learningRate, weightDecay),
        parameters -> {
          AdamOptions options = new AdamOptions(learningRate);
          options.eps().put(EPSILON);
          options.weight_decay().put(weightDecay);
          return new Adam(parameters, options);
        });
  }

  /** With PyTorch's default betas and epsilon. */
  static Rule adamW(double learningRate, double weightDecay) {
    return new Rule(
        "adamW",
        adamSettings(learningRate, weightDecay),
        parameters -> {
          AdamWOptions options = new AdamWOptions(learningRate);
          options.eps().put(EPSILON);
          options.weight_decay().put(weightDecay);
          return new AdamW(parameters, options);
        });
  }

  private static final double EPSILON = 1e-8;
  // The defaults of AdamOptions: its C++ pair of betas is not settable from Java.
  private static final List<Double> BETAS = List.of(0.9, 0.999);

  private static Map<String, Object> adamSettings(double learningRate, double weightDecay) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("learningRate", learningRate);
    settings.put("beta1", BETAS.get(0));
    settings.put("beta2", BETAS.get(1));
    settings.put("epsilon", EPSILON);
    settings.put("weightDecay", weightDecay);
    return settings;
  }

  Map<String, Object> description() {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("name", name);
    description.putAll(settings);
    return description;
  }
}
