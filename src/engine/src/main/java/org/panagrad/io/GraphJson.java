package org.panagrad.io;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.panagrad.file.OneLine;
import org.panagrad.graph.Activate;
import org.panagrad.graph.Add;
import org.panagrad.graph.BatchNorm;
import org.panagrad.graph.Dropout;
import org.panagrad.graph.Graph;
import org.panagrad.graph.LayerNorm;
import org.panagrad.graph.Linear;
import org.panagrad.graph.Operation;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Softmax;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Activation;

/**
 * A graph as JSON: its input, its parameters, its operations in order, its output. {@code
 * docs/model-file.md} shows one.
 */
final class GraphJson {
  // A network of more is no network that this engine plans; the bound keeps hostile files cheap.
  private static final int MAX_OPERATIONS = 10_000;
  private static final int MAX_RANK = 8;

  private GraphJson() {}

  static Json write(Graph graph) {
    Map<String, Json> json = new LinkedHashMap<>();
    json.put("input", value(graph.input()));
    json.put(
        "parameters", new Json.Arr(graph.parameters().stream().map(GraphJson::value).toList()));
    json.put(
        "operations", new Json.Arr(graph.operations().stream().map(GraphJson::operation).toList()));
    json.put("output", new Json.Str(graph.output().path()));
    return new Json.Obj(json);
  }

  private static Json value(Value value) {
    Map<String, Json> json = new LinkedHashMap<>();
    json.put("name", new Json.Str(value.path()));
    json.put(
        "shape",
        new Json.Arr(
            Arrays.stream(value.shape().extents()).mapToObj(e -> (Json) new Json.Int(e)).toList()));
    if (value.kind() == Value.Kind.PARAMETER && !value.isTrained()) {
      json.put("trained", new Json.Bool(false));
    }
    return new Json.Obj(json);
  }

  private static Json operation(Operation op) {
    Map<String, Json> json = new LinkedHashMap<>();
    json.put("name", new Json.Str(op.path()));
    json.put(
        "type",
        new Json.Str(
            switch (op) {
              case Linear linear -> "linear";
              case Activate a -> a.function().name().toLowerCase(Locale.ROOT);
              case Dropout dropout -> "dropout";
              case Softmax softmax -> "softmax";
              case Add add -> "add";
              case BatchNorm norm -> "batch_norm";
              case LayerNorm norm -> "layer_norm";
            }));
    json.put(
        "inputs",
        new Json.Arr(op.inputs().stream().map(v -> (Json) new Json.Str(v.path())).toList()));
    if (op instanceof Dropout dropout) {
      json.put("probability", new Json.Real(dropout.probability()));
    }
    if (op instanceof Activate a && a.function() == Activation.LEAKY_RELU) {
      json.put("slope", new Json.Real(a.slope()));
    }
    if (op instanceof BatchNorm norm) {
      json.put("epsilon", new Json.Real(norm.epsilon()));
      json.put("momentum", new Json.Real(norm.momentum()));
    }
    if (op instanceof LayerNorm norm) {
      json.put("epsilon", new Json.Real(norm.epsilon()));
    }
    return new Json.Obj(json);
  }

  /**
   * The graph of a description.
   *
   * @throws JsonException where it is no description
   * @throws IllegalArgumentException in one line, if it describes no network
   */
  static Graph read(JsonCursor json) {
    Graph.Builder builder = new Graph.Builder();
    Map<String, Value> values = new HashMap<>();
    JsonCursor input = json.member("input");
    keep(values, builder.input(name(input), shape(input)));
    for (JsonCursor parameter : elements(json, "parameters", MAX_OPERATIONS)) {
      boolean trained = parameter.optional("trained").map(JsonCursor::bool).orElse(true);
      keep(
          values,
          trained
              ? builder.parameter(name(parameter), shape(parameter))
              : builder.statistic(name(parameter), shape(parameter)));
    }
    for (JsonCursor op : elements(json, "operations", MAX_OPERATIONS)) {
      keep(values, operation(builder, op, values));
    }
    return builder.build(named(json.member("output"), values));
  }

  private static void keep(Map<String, Value> values, Value value) {
    values.put(value.path(), value);
  }

  private static String name(JsonCursor json) {
    return json.member("name").string();
  }

  private static List<JsonCursor> elements(JsonCursor json, String name, int most) {
    JsonCursor array = json.member(name);
    List<JsonCursor> elements = array.elements();
    if (elements.size() > most) {
      throw new JsonException(
          array.path(), "at most " + most + " elements", elements.size() + " elements");
    }
    return elements;
  }

  private static Value named(JsonCursor json, Map<String, Value> values) {
    Value value = values.get(json.string());
    if (value == null) {
      throw new JsonException(
          json.path(), "the name of a value declared before", OneLine.quote(json.string()));
    }
    return value;
  }

  private static Shape shape(JsonCursor json) {
    return Shape.of(
        elements(json, "shape", MAX_RANK).stream()
            .mapToInt(extent -> (int) extent.integer(1, Integer.MAX_VALUE))
            .toArray());
  }

  private static Value operation(Graph.Builder builder, JsonCursor op, Map<String, Value> values) {
    String name = name(op);
    String type = op.member("type").string();
    List<Value> in = elements(op, "inputs", 5).stream().map(input -> named(input, values)).toList();
    int wanted =
        switch (type) {
          case "linear" -> in.size() == 2 ? 2 : 3;
          case "add" -> 2;
          case "batch_norm" -> 5;
          case "layer_norm" -> 3;
          default -> 1;
        };
    if (in.size() != wanted) {
      throw new JsonException(
          op.path() + ".inputs", wanted + " names for " + type, Integer.toString(in.size()));
    }
    return switch (type) {
      case "linear" ->
          builder.linear(name, in.get(0), in.get(1), in.size() == 3 ? in.get(2) : null);
      case "add" -> builder.add(name, in.get(0), in.get(1));
      case "batch_norm" ->
          builder.batchNorm(
              name,
              in.get(0),
              in.get(1),
              in.get(2),
              in.get(3),
              in.get(4),
              op.member("epsilon").number(),
              op.member("momentum").number());
      case "layer_norm" ->
          builder.layerNorm(name, in.get(0), in.get(1), in.get(2), op.member("epsilon").number());
      case "softmax" -> builder.softmax(name, in.get(0));
      case "dropout" -> builder.dropout(name, (float) op.member("probability").number(), in.get(0));
      default -> {
        Activation function = activation(op.member("type"));
        float slope = function == Activation.LEAKY_RELU ? (float) op.member("slope").number() : 0;
        yield builder.activate(name, function, slope, in.get(0));
      }
    };
  }

  private static Activation activation(JsonCursor type) {
    for (Activation function : Activation.values()) {
      if (function.name().toLowerCase(Locale.ROOT).equals(type.string())) {
        return function;
      }
    }
    throw new JsonException(
        type.path(), "an operation this version knows", OneLine.quote(type.string()));
  }
}
