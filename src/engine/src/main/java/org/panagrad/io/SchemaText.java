package org.panagrad.io;

import java.util.List;
import org.panagrad.data.EncodingFormat;
import org.panagrad.data.RowEncoding;
import org.panagrad.data.RowForm;
import org.panagrad.data.TargetKind;
import org.panagrad.table.TableSchema;
import org.panagrad.table.TableTarget;

/** The schemas of tables in record files: the JSON that model files have. */
public final class SchemaText implements EncodingFormat {
  /** Keeps nothing, so one is enough. */
  public static final SchemaText FORMAT = new SchemaText();

  private SchemaText() {}

  @Override
  public String write(RowEncoding encoding) {
    if (encoding instanceof TableSchema schema) {
      return TableSchemaJson.write(schema).write();
    }
    throw new IllegalArgumentException(
        "an encoding that is not a table's schema: " + encoding.getClass().getName());
  }

  @Override
  public TableSchema read(String text, RowForm form, List<String> classNames) {
    TableSchema schema;
    try {
      schema = TableSchemaJson.read(new JsonCursor(Json.parse(text), "table"), classNames);
    } catch (JsonException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    if (form.bytes() || schema.features() != form.featureCount()) {
      throw new IllegalArgumentException(
          "columns of " + schema.features() + " floats for rows of " + form.featureCount());
    }
    boolean fits =
        switch (schema.target()) {
          case TableTarget.Classes _ ->
              form.targetKind() == TargetKind.CLASSES && !classNames.isEmpty();
          case TableTarget.Values _ ->
              form.targetKind() == TargetKind.VALUES && form.targetCount() == 1;
        };
    if (!fits) {
      throw new IllegalArgumentException(
          "the target " + schema.target().name() + " of a table for rows of other targets");
    }
    return schema;
  }
}
