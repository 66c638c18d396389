package org.panagrad.infer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.file.OneLine;
import org.panagrad.table.Row;
import org.panagrad.table.RowCursor;
import org.panagrad.table.RowEncoder;
import org.panagrad.table.TableColumn;
import org.panagrad.table.TableSchema;
import org.panagrad.table.TableSource;
import org.panagrad.table.TableTarget;

/**
 * Predicts raw rows with a model that was trained on a table: fields as they stand in a file go in,
 * labels with probabilities, or values in the target's unit, come out. For any number of threads at
 * once.
 *
 * <pre>{@code
 * try (Model model = ModelFile.read(file);
 *     TablePredictor predictor = TablePredictor.of(model)) {
 *   TablePrediction answer = predictor.predict(Map.of("age", "39", "workclass", "Private", ...));
 * }
 * }</pre>
 */
public final class TablePredictor implements AutoCloseable {
  private final Predictor predictor;
  private final TableSchema schema;
  private final RowEncoder fields; // of rows whose columns are the schema's own

  private TablePredictor(Predictor predictor, TableSchema schema) {
    this.predictor = predictor;
    this.schema = schema;
    this.fields = RowEncoder.ofFields(schema);
  }

  /**
   * A predictor with the bounds that {@link Predictor#of(Model)} has.
   *
   * @throws DataException if the model was not trained on a table
   */
  public static TablePredictor of(Model model) {
    TableSchema schema = schema(model);
    return new TablePredictor(Predictor.of(model), schema);
  }

  /**
   * A predictor with stated bounds; see {@link Predictor#of(Model, int, int, long)}.
   *
   * @throws DataException if the model was not trained on a table
   */
  public static TablePredictor of(
      Model model, int maxBatch, int maxConcurrent, long maxNativeBytes) {
    TableSchema schema = schema(model);
    return new TablePredictor(Predictor.of(model, maxBatch, maxConcurrent, maxNativeBytes), schema);
  }

  private static TableSchema schema(Model model) {
    TableSchema schema = model.description().table();
    if (schema == null) {
      throw new DataException(
          "the model takes "
              + model.graph().input().shape().elements()
              + " numbers and not the rows of a table: expected one trained on a table; train it on"
              + " a CSV file, or predict numbers");
    }
    return schema;
  }

  /** How rows are read. */
  public TableSchema schema() {
    return schema;
  }

  /**
   * Predicts a row.
   *
   * @param row fields by the name of their column, or by its position in the training table, from
   *     "0", where that had no names; the target and further fields are not looked at
   * @throws DataException naming a column that is missing or has a field that is no number where
   *     numbers were trained on
   */
  public TablePrediction predict(Map<String, String> row) {
    return predict(List.of(row)).getFirst();
  }

  /** Predicts rows, in the order given; see {@link #predict(Map)}. */
  public List<TablePrediction> predict(List<Map<String, String>> rows) {
    float[][] features = new float[rows.size()][predictor.inputs()];
    for (int i = 0; i < features.length; i++) {
      fields.encode(new MapRow(rows.get(i), i), features[i]);
    }
    List<TablePrediction> predictions = new ArrayList<>(features.length);
    for (float[] outputs : predictor.predict(features)) {
      predictions.add(prediction(outputs));
    }
    return predictions;
  }

  /**
   * Finds the columns of a table whose rows are to be predicted; {@link #predict(RowEncoder,
   * RowCursor, int)} then reads them.
   *
   * @throws DataException naming the columns that are missing
   */
  public RowEncoder columnsOf(TableSource table) {
    return RowEncoder.of(schema, table);
  }

  /**
   * Predicts the next rows of a table.
   *
   * @param columns of that table
   * @param most how many rows at most
   * @return a prediction for each row read; none after the last
   */
  public List<TablePrediction> predict(RowEncoder columns, RowCursor rows, int most) {
    List<float[]> features = new ArrayList<>();
    while (features.size() < most && rows.next()) {
      float[] row = new float[predictor.inputs()];
      columns.encode(rows, row);
      features.add(row);
    }
    List<TablePrediction> predictions = new ArrayList<>(features.size());
    for (float[] outputs : predictor.predict(features.toArray(float[][]::new))) {
      predictions.add(prediction(outputs));
    }
    return predictions;
  }

  /**
   * Predicts rows that are encoded by the model's schema already, as those of a record file are.
   *
   * @param rows (n, features)
   */
  public List<TablePrediction> predictEncoded(float[][] rows) {
    List<TablePrediction> predictions = new ArrayList<>(rows.length);
    for (float[] outputs : predictor.predict(rows)) {
      predictions.add(prediction(outputs));
    }
    return predictions;
  }

  private TablePrediction prediction(float[] outputs) {
    return switch (schema.target()) {
      case TableTarget.Classes classes -> ofClass(classes.classes(), outputs);
      case TableTarget.Values values ->
          new TablePrediction.OfValue(values.value(finite(outputs[0])));
    };
  }

  private static TablePrediction ofClass(List<String> classes, float[] outputs) {
    // A single logit is the second of two classes.
    float[] numbers =
        outputs.length == 1 && classes.size() == 2
            ? new float[] {1 - outputs[0], outputs[0]}
            : outputs;
    int best = 0;
    Map<String, Float> probabilities = LinkedHashMap.newLinkedHashMap(numbers.length);
    for (int i = 0; i < numbers.length; i++) {
      probabilities.put(classes.get(i), finite(numbers[i]));
      if (numbers[i] > numbers[best]) {
        best = i;
      }
    }
    return new TablePrediction.OfClass(classes.get(best), probabilities);
  }

  private static float finite(float output) {
    if (!Float.isFinite(output)) {
      throw new DataException(
          "the network's output is "
              + output
              + ", expected a finite number; look for extreme values in the row");
    }
    return output;
  }

  /** Waits for the calls under way, then frees the memory. */
  @Override
  public void close() {
    predictor.close();
  }

  /** A row of named fields. */
  private final class MapRow implements Row {
    private final Map<String, String> row;
    private final int index;

    private MapRow(Map<String, String> row, int index) {
      this.row = row;
      this.index = index;
    }

    @Override
    public String text(int column) {
      TableColumn wanted = schema.columns().get(column);
      @Nullable String text = row.get(wanted.name());
      if (text == null) {
        throw new DataException(
            "row "
                + index
                + ": expected a field "
                + OneLine.quote(wanted.name())
                + ", found none; give all columns the model was trained on, an empty text where a"
                + " value is not known");
      }
      return text;
    }

    @Override
    public String place() {
      return "row " + index;
    }
  }
}
