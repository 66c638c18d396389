package org.panagrad.cli.output;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.stream.IntStream;
import org.panagrad.data.DataException;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;
import org.panagrad.infer.TablePrediction;
import org.panagrad.table.Task;
import org.panagrad.train.ModelDescription;

/**
 * Predictions as CSV (RFC 4180, lines ended by a line feed): row, class, a number per class; or row
 * and a value per output.
 */
public final class PredictionTable {
  private final List<String> names;
  private final boolean probabilities;
  private final boolean single;
  private final boolean values;

  public PredictionTable(ModelDescription description, int outputs) {
    Loss loss = description.loss();
    boolean binary = loss != null && loss.function() == LossFunction.BINARY_CROSS_ENTROPY;
    this.probabilities = binary || (loss != null && loss.function() == LossFunction.CROSS_ENTROPY);
    // A single logit is the second of two classes.
    this.single = binary && outputs == 1;
    // Numbers of which nothing says that they are classes' are what was to be told.
    this.values =
        description.table() != null
            ? description.table().task() == Task.REGRESSION
            : !probabilities && description.classNames().isEmpty();
    int classes = single ? 2 : outputs;
    this.names =
        description.classNames().size() == classes
            ? description.classNames()
            : IntStream.range(0, classes).mapToObj(Integer::toString).toList();
  }

  public void writeHeader(Writer out) throws IOException {
    if (values && names.size() == 1) {
      out.write("row,value\n");
      return;
    }
    out.write(values ? "row" : "row,class");
    String prefix = probabilities ? "probability_" : values ? "value_" : "output_";
    for (String name : names) {
      out.write("," + quoted(prefix + name));
    }
    out.write("\n");
  }

  /**
   * Writes a prediction.
   *
   * @param outputs (outputs) of the predictor
   * @throws DataException if one is not a number
   */
  public void writeRow(Writer out, int row, float[] outputs) throws IOException {
    float[] numbers = single ? new float[] {1 - outputs[0], outputs[0]} : outputs;
    int best = 0;
    for (int i = 0; i < numbers.length; i++) {
      if (Float.isNaN(numbers[i])) {
        throw new DataException(
            "row "
                + row
                + ": output "
                + i
                + " of the network: expected a number, found NaN;"
                + " look for extreme values in the row");
      }
      if (numbers[i] > numbers[best]) {
        best = i;
      }
    }
    out.write(values ? row + "" : row + "," + quoted(names.get(best)));
    for (float number : numbers) {
      out.write("," + number);
    }
    out.write("\n");
  }

  /** Writes the prediction of a raw row. */
  public void writeRow(Writer out, int row, TablePrediction prediction) throws IOException {
    switch (prediction) {
      case TablePrediction.OfClass answer -> {
        out.write(row + "," + quoted(answer.label()));
        for (float number : answer.probabilities().values()) {
          out.write("," + number);
        }
        out.write("\n");
      }
      case TablePrediction.OfValue answer -> out.write(row + "," + answer.value() + "\n");
    }
  }

  private static String quoted(String text) {
    return text.matches("[^\",\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
