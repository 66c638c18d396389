package org.panagrad.table;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.file.OneLine;

/**
 * The rows of a table as a dataset, encoded by a schema; the heap holds one row at a time.
 *
 * @param dataset features and targets; {@link Dataset#encoding} is the schema
 * @param notes what the user should know, a line each
 */
public record TableReader(Dataset dataset, List<String> notes) {
  public TableReader {
    notes = List.copyOf(notes);
  }

  /**
   * Encodes all rows.
   *
   * @param name what messages call the dataset
   * @param dropsRowsWithoutTarget whether rows that miss their target are left out, rather than
   *     refused
   * @throws DataException if a column is missing, a field cannot be encoded, or a row misses its
   *     target or has a class that the training rows did not have
   */
  public static TableReader read(
      String name, TableSource table, TableSchema schema, boolean dropsRowsWithoutTarget) {
    return read(name, table, schema, dropsRowsWithoutTarget, null);
  }

  /**
   * Encodes all rows to train on, with their weights where the options name a column of such.
   *
   * @param name what messages call the dataset
   * @param options that the schema was learned by
   * @throws DataException as {@link #read}, or if a weight is no finite number of 0 or more
   */
  public static TableReader readTraining(
      String name, TableSource table, TableSchema schema, TableOptions options) {
    RowWeights weights = RowWeights.of(table, options);
    return read(name, table, schema, options.dropsRowsWithoutTarget(), weights);
  }

  private static TableReader read(
      String name,
      TableSource table,
      TableSchema schema,
      boolean dropsRowsWithoutTarget,
      @Nullable RowWeights weights) {
    RowEncoder encoder = RowEncoder.of(schema, table);
    if (!encoder.hasTarget()) {
      throw DataException.at(
          table.name(),
          "target",
          "a column " + OneLine.quote(schema.target().name()),
          "none",
          "bring the rows with their target");
    }
    return switch (schema.target()) {
      case TableTarget.Classes classes ->
          classes(name, table, encoder, classes, dropsRowsWithoutTarget, weights);
      case TableTarget.Values values ->
          values(name, table, encoder, values, dropsRowsWithoutTarget, weights);
    };
  }

  private static TableReader classes(
      String name,
      TableSource table,
      RowEncoder encoder,
      TableTarget.Classes target,
      boolean drops,
      @Nullable RowWeights weights) {
    LabelNumbers labels = new LabelNumbers(target.classes());
    float[] features = new float[encoder.schema().features()];
    try (DatasetBuilder builder = DatasetBuilder.classes(name, features.length);
        RowCursor cursor = table.open()) {
      while (cursor.next()) {
        String text = encoder.targetText(cursor);
        if (!isLeftOut(text, encoder, cursor, drops)) {
          int label = labels.of(text);
          if (label < 0) {
            throw DataException.at(
                encoder.targetPlace(cursor),
                "class",
                "one of those trained on: " + TargetColumn.listed(target.classes()),
                OneLine.quote(text),
                "correct the row, or train on rows of that class too");
          }
          encoder.encode(cursor, features);
          builder.addRow(features, label);
          if (weights != null) {
            builder.addWeight(weights.of(cursor));
          }
        }
      }
      Dataset dataset = builder.build(target.classes()).encodedBy(encoder.schema());
      return new TableReader(dataset, notes(name, encoder, weights, labels));
    }
  }

  private static TableReader values(
      String name,
      TableSource table,
      RowEncoder encoder,
      TableTarget.Values target,
      boolean drops,
      @Nullable RowWeights weights) {
    float[] features = new float[encoder.schema().features()];
    float[] value = new float[1];
    try (DatasetBuilder builder = DatasetBuilder.values(name, features.length, 1);
        RowCursor cursor = table.open()) {
      while (cursor.next()) {
        String text = encoder.targetText(cursor);
        if (!isLeftOut(text, encoder, cursor, drops)) {
          value[0] = (float) target.output(FieldText.number(text));
          if (!Float.isFinite(value[0])) {
            throw DataException.at(
                encoder.targetPlace(cursor),
                "target",
                "a number of the size of those trained on",
                OneLine.quote(text),
                "correct the row");
          }
          encoder.encode(cursor, features);
          builder.addRow(features, value);
          if (weights != null) {
            builder.addWeight(weights.of(cursor));
          }
        }
      }
      return new TableReader(
          builder.build().encodedBy(encoder.schema()), notes(name, encoder, weights, null));
    }
  }

  private static boolean isLeftOut(String text, RowEncoder encoder, Row row, boolean drops) {
    if (!text.isEmpty()) {
      return false;
    }
    if (drops) {
      return true;
    }
    throw TableProfile.missingTarget(encoder.targetPlace(row));
  }

  private static List<String> notes(
      String name,
      RowEncoder encoder,
      @Nullable RowWeights weights,
      @Nullable LabelNumbers labels) {
    List<String> notes = new ArrayList<>();
    List<String> unused = new ArrayList<>(encoder.unused());
    if (weights != null) {
      unused.remove(weights.name());
    }
    if (!unused.isEmpty()) {
      notes.add(name + ": columns the model does not use: " + TargetColumn.listed(unused));
    }
    if (labels != null && labels.stopped() > 0) {
      notes.add(
          name
              + ": "
              + labels.stopped()
              + " labels end in a full stop, which those trained on do not; read without it");
    }
    return notes;
  }
}
