package org.panagrad.table;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Classes;
import org.panagrad.data.DataException;
import org.panagrad.data.RowForm;
import org.panagrad.data.RowSink;
import org.panagrad.data.RowStream;
import org.panagrad.file.OneLine;

/**
 * The rows of a table as numbers, encoded by a schema, one by one: the heap holds one of them. They
 * become a dataset in memory ({@link TableReader}) or a record file.
 */
public final class TableRows implements RowStream {
  private final String name;
  private final TableSource table;
  private final RowEncoder encoder;
  private final boolean dropsRowsWithoutTarget;
  private final @Nullable RowWeights weights;
  private final int rows;
  private long stopped;

  private TableRows(
      String name,
      TableSource table,
      RowEncoder encoder,
      boolean dropsRowsWithoutTarget,
      @Nullable RowWeights weights,
      int rows) {
    this.name = name;
    this.table = table;
    this.encoder = encoder;
    this.dropsRowsWithoutTarget = dropsRowsWithoutTarget;
    this.weights = weights;
    this.rows = rows;
  }

  /**
   * All rows of a table, without weights.
   *
   * @param name what messages call them
   * @param dropsRowsWithoutTarget whether rows that miss their target are left out, rather than
   *     refused
   * @throws DataException if a column is missing
   */
  public static TableRows of(
      String name, TableSource table, TableSchema schema, boolean dropsRowsWithoutTarget) {
    return of(name, table, schema, dropsRowsWithoutTarget, null, 0);
  }

  /**
   * All rows to train on, with their weights where the options name a column of such.
   *
   * @param name what messages call them
   * @param options that the schema was learned by
   * @param rows how many there will be; 0 if that is not known
   * @throws DataException if a column is missing
   */
  public static TableRows training(
      String name, TableSource table, TableSchema schema, TableOptions options, long rows) {
    RowWeights weights = RowWeights.of(table, options);
    return of(name, table, schema, options.dropsRowsWithoutTarget(), weights, rows);
  }

  private static TableRows of(
      String name,
      TableSource table,
      TableSchema schema,
      boolean dropsRowsWithoutTarget,
      @Nullable RowWeights weights,
      long rows) {
    RowEncoder encoder = RowEncoder.of(schema, table);
    if (!encoder.hasTarget()) {
      throw DataException.at(
          table.name(),
          "target",
          "a column " + OneLine.quote(schema.target().name()),
          "none",
          "bring the rows with their target");
    }
    int count = (int) Math.min(rows, Integer.MAX_VALUE);
    return new TableRows(name, table, encoder, dropsRowsWithoutTarget, weights, count);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public RowForm form() {
    int features = encoder.schema().features();
    return encoder.schema().task() == Task.CLASSIFICATION
        ? RowForm.classes(features)
        : RowForm.values(features, 1);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public TableSchema encoding() {
    return encoder.schema();
  }

  /**
   * Encodes all rows.
   *
   * @throws DataException if a field cannot be encoded, a row misses its target or has a class that
   *     the training rows did not have, or a weight is no finite number of 0 or more
   */
  @Override
  public Classes copyTo(RowSink sink) {
    float[] features = new float[encoder.schema().features()];
    try (RowCursor cursor = table.open()) {
      return switch (encoder.schema().target()) {
        case TableTarget.Classes classes -> copy(cursor, classes, features, sink);
        case TableTarget.Values values -> copy(cursor, values, features, sink);
      };
    }
  }

  private Classes copy(
      RowCursor cursor, TableTarget.Classes target, float[] features, RowSink sink) {
    LabelNumbers labels = new LabelNumbers(target.classes());
    while (cursor.next()) {
      String text = encoder.targetText(cursor);
      if (!isLeftOut(text, cursor)) {
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
        sink.addRow(features, label);
        addWeight(cursor, sink);
      }
    }
    stopped = labels.stopped();
    return Classes.named(target.classes());
  }

  private Classes copy(
      RowCursor cursor, TableTarget.Values target, float[] features, RowSink sink) {
    float[] value = new float[1];
    while (cursor.next()) {
      String text = encoder.targetText(cursor);
      if (!isLeftOut(text, cursor)) {
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
        sink.addRow(features, value);
        addWeight(cursor, sink);
      }
    }
    return Classes.NONE;
  }

  private void addWeight(RowCursor cursor, RowSink sink) {
    if (weights != null) {
      sink.addWeight(weights.of(cursor));
    }
  }

  private boolean isLeftOut(String text, Row row) {
    if (!text.isEmpty()) {
      return false;
    }
    if (dropsRowsWithoutTarget) {
      return true;
    }
    throw TableProfile.missingTarget(encoder.targetPlace(row));
  }

  /** What the user should know of the rows copied last, a line each. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    List<String> unused = new ArrayList<>(encoder.unused());
    if (weights != null) {
      unused.remove(weights.name());
    }
    if (!unused.isEmpty()) {
      notes.add(name + ": columns the model does not use: " + TargetColumn.listed(unused));
    }
    if (stopped > 0) {
      notes.add(
          name
              + ": "
              + stopped
              + " labels end in a full stop, which those trained on do not; read without it");
    }
    return notes;
  }
}
