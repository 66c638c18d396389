package org.panagrad.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.panagrad.table.TableColumn;
import org.panagrad.table.TableSchema;
import org.panagrad.table.TableTarget;
import org.panagrad.table.TableWeight;

/** A table's schema as JSON; {@code docs/model-file.md} shows one. Classes are the model's. */
final class TableSchemaJson {
  private static final int MOST_COLUMNS = 10_000_000;

  private TableSchemaJson() {}

  static Json write(TableSchema schema) {
    Map<String, Json> json = new LinkedHashMap<>();
    json.put("named", new Json.Bool(schema.named()));
    json.put("columnCount", new Json.Int(schema.columnCount()));
    json.put(
        "columns", new Json.Arr(schema.columns().stream().map(TableSchemaJson::column).toList()));
    json.put("target", target(schema.target()));
    TableWeight weight = schema.weight();
    if (weight != null) {
      json.put("weight", new Json.Obj(start(weight.name(), weight.position())));
    }
    return new Json.Obj(json);
  }

  private static Json column(TableColumn column) {
    Map<String, Json> json = start(column.name(), column.position());
    switch (column) {
      case TableColumn.Numeric numeric -> {
        json.put("type", new Json.Str("numeric"));
        json.put("mean", new Json.Real(numeric.mean()));
        json.put("center", new Json.Real(numeric.center()));
        json.put("spread", new Json.Real(numeric.spread()));
        json.put("missingFeature", new Json.Bool(numeric.indicated()));
      }
      case TableColumn.Categorical categorical -> {
        json.put("type", new Json.Str("categorical"));
        json.put(
            "categories",
            new Json.Arr(
                categorical.categories().stream().map(c -> (Json) new Json.Str(c)).toList()));
        json.put("otherFeature", new Json.Bool(categorical.bucketed()));
        json.put("missingFeature", new Json.Bool(categorical.indicated()));
      }
    }
    return new Json.Obj(json);
  }

  private static Json target(TableTarget target) {
    Map<String, Json> json = start(target.name(), target.position());
    switch (target) {
      case TableTarget.Classes _ -> json.put("type", new Json.Str("classes"));
      case TableTarget.Values values -> {
        json.put("type", new Json.Str("values"));
        json.put("mean", new Json.Real(values.mean()));
        json.put("spread", new Json.Real(values.spread()));
      }
    }
    return new Json.Obj(json);
  }

  private static Map<String, Json> start(String name, int position) {
    Map<String, Json> json = new LinkedHashMap<>();
    json.put("name", new Json.Str(name));
    json.put("position", new Json.Int(position));
    return json;
  }

  /**
   * Reads a schema.
   *
   * @throws JsonException if it is none
   * @throws IllegalArgumentException if its columns contradict each other
   */
  static TableSchema read(JsonCursor json, List<String> classes) {
    json.only(Set.of("named", "columnCount", "columns", "target", "weight"));
    List<TableColumn> columns = new ArrayList<>();
    for (JsonCursor column : json.member("columns").elements()) {
      columns.add(column(column));
    }
    return new TableSchema(
        json.member("named").bool(),
        (int) json.member("columnCount").integer(1, MOST_COLUMNS),
        columns,
        target(json.member("target"), classes),
        json.optional("weight").map(TableSchemaJson::weight).orElse(null));
  }

  private static TableWeight weight(JsonCursor json) {
    json.only(Set.of("name", "position"));
    return new TableWeight(json.member("name").string(), position(json));
  }

  private static TableColumn column(JsonCursor json) {
    String name = json.member("name").string();
    int position = position(json);
    String type = json.member("type").string();
    return switch (type) {
      case "numeric" ->
          new TableColumn.Numeric(
              name,
              position,
              json.member("mean").number(),
              json.member("center").number(),
              json.member("spread").number(),
              json.member("missingFeature").bool());
      case "categorical" ->
          new TableColumn.Categorical(
              name,
              position,
              json.member("categories").elements().stream().map(JsonCursor::string).toList(),
              json.member("otherFeature").bool(),
              json.member("missingFeature").bool());
      default -> throw unknown(json, "numeric or categorical", type);
    };
  }

  private static TableTarget target(JsonCursor json, List<String> classes) {
    String name = json.member("name").string();
    int position = position(json);
    String type = json.member("type").string();
    return switch (type) {
      case "classes" -> new TableTarget.Classes(name, position, classes);
      case "values" ->
          new TableTarget.Values(
              name, position, json.member("mean").number(), json.member("spread").number());
      default -> throw unknown(json, "classes or values", type);
    };
  }

  private static int position(JsonCursor json) {
    return (int) json.member("position").integer(0, MOST_COLUMNS);
  }

  private static JsonException unknown(JsonCursor json, String expected, String found) {
    return new JsonException(json.member("type").path(), expected, found);
  }
}
