package org.panagrad.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.FeatureMap;
import org.panagrad.graph.Loss;

/**
 * What a model file says besides graph and parameters: how raw features become inputs, what the
 * outputs mean, and how the model came about.
 *
 * @param loss it was trained with, which decides how outputs become probabilities; null if unknown
 * @param preprocessing from stored features to inputs
 * @param classNames a name per class, or empty where outputs are values
 * @param run facts of the training, for the record: data, seed, library, core, partitions
 */
public record ModelDescription(
    @Nullable Loss loss,
    FeatureMap preprocessing,
    List<String> classNames,
    Map<String, String> run) {
  public ModelDescription {
    classNames = List.copyOf(classNames);
    run = new LinkedHashMap<>(run);
  }
}
