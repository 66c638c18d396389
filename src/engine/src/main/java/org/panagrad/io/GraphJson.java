package org.panagrad.io;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.panagrad.graph.Activate;
import org.panagrad.graph.Add;
import org.panagrad.graph.Dropout;
import org.panagrad.graph.Graph;
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
    return new Json.Obj(json);
  }

  /**
   * The graph of a description.
   *
   * @throws IllegalArgumentException in one line, if it describes none
   */
  static Graph read(JsonReader json) {
    Graph.Builder builder = new Graph.Builder();
    Map<String, Value> values = new HashMap<>();
    JsonReader input = json.object("input");
    keep(values, builder.input(input.string("name"), shape(input)));
    for (JsonReader parameter : json.objects("parameters", MAX_OPERATIONS)) {
      keep(values, builder.parameter(parameter.string("name"), shape(parameter)));
    }
    for (JsonReader op : json.objects("operations", MAX_OPERATIONS)) {
      keep(values, operation(builder, op, values));
    }
    String output = json.string("output");
    Value value = values.get(output);
    if (value == null) {
      throw json.wrong("output", "the name of an operation", "\"" + output + "\"");
    }
    return builder.build(value);
  }

  private static void keep(Map<String, Value> values, Value value) {
    values.put(value.path(), value);
  }

  private static Shape shape(JsonReader json) {
    return Shape.of(json.ints("shape", 8));
  }

  private static Value operation(Graph.Builder builder, JsonReader op, Map<String, Value> values) {
    String name = op.string("name");
    String type = op.string("type");
    List<Value> in = new ArrayList<>();
    for (String path : op.strings("inputs", 3)) {
      Value value = values.get(path);
      if (value == null) {
        throw op.wrong("inputs", "names of values declared before", "\"" + path + "\"");
      }
      in.add(value);
    }
    int wanted =
        switch (type) {
          case "linear" -> in.size() == 2 ? 2 : 3;
          case "add" -> 2;
          default -> 1;
        };
    if (in.size() != wanted) {
      throw op.wrong("inputs", wanted + " names for " + type, Integer.toString(in.size()));
    }
    return switch (type) {
      case "linear" ->
          builder.linear(name, in.get(0), in.get(1), in.size() == 3 ? in.get(2) : null);
      case "add" -> builder.add(name, in.get(0), in.get(1));
      case "softmax" -> builder.softmax(name, in.get(0));
      case "dropout" -> builder.dropout(name, op.real("probability"), in.get(0));
      default -> {
        Activation function = activation(op, type);
        float slope = function == Activation.LEAKY_RELU ? op.real("slope") : 0;
        yield builder.activate(name, function, slope, in.get(0));
      }
    };
  }

  private static Activation activation(JsonReader op, String type) {
    for (Activation function : Activation.values()) {
      if (function.name().toLowerCase(Locale.ROOT).equals(type)) {
        return function;
      }
    }
    throw op.wrong("type", "an operation this version knows", "\"" + type + "\"");
  }
}
