package org.panagrad.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.PictureShape;
import org.panagrad.graph.Loss;
import org.panagrad.table.TableSchema;

/**
 * What a model file says besides graph and parameters: how raw features become inputs, what the
 * outputs mean, and how the model came about.
 *
 * @param loss it was trained with, which decides how outputs become probabilities; null if unknown
 * @param preprocessing from stored features to inputs
 * @param picture which picture raw features are; null where they are none, or it is not known
 * @param classNames a name per class, or empty where outputs are values
 * @param table how raw rows of a table become inputs, and outputs answers; null where inputs are
 *     not a table's
 * @param run facts of the training, for the record: data, seed, library, core, partitions
 */
public record ModelDescription(
    @Nullable Loss loss,
    FeatureMap preprocessing,
    @Nullable PictureShape picture,
    List<String> classNames,
    @Nullable TableSchema table,
    Map<String, String> run) {
  public ModelDescription {
    classNames = List.copyOf(classNames);
    run = new LinkedHashMap<>(run);
  }

  /** The description of a model whose inputs are neither a table's nor pictures. */
  public ModelDescription(
      @Nullable Loss loss,
      FeatureMap preprocessing,
      List<String> classNames,
      Map<String, String> run) {
    this(loss, preprocessing, null, classNames, null, run);
  }
}
