package org.panagrad.cli.command;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.FailureReason;
import org.panagrad.file.FormatException;
import org.panagrad.file.OneLine;
import org.panagrad.sweep.Halving;
import org.panagrad.sweep.Metric;
import org.panagrad.sweep.Range;
import org.panagrad.sweep.Ranking;
import org.panagrad.sweep.SearchSpace;

/**
 * Reads the file that says what a sweep tries. Nothing in it is passed over: a key that is not
 * known, or is there twice, is an error that says where it stands.
 */
final class SweepSpecFile {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  // Some editors put it before UTF-8; JSON has no place for it.
  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final Set<String> KEYS =
      Set.of("options", "search", "strategy", "metric", "parallel");
  private static final Set<String> RANGES = Set.of("choice", "uniform", "log-uniform", "integer");

  private final Path file;
  private final TrialOptions known;
  private final Map<String, JsonLocation> places = new HashMap<>();

  private SweepSpecFile(Path file, TrialOptions known) {
    this.file = file;
    this.known = known;
  }

  /**
   * Reads a spec.
   *
   * @throws FormatException if it is none: where, what was expected, what was found
   * @throws IOException in one line when it cannot be read
   */
  static SweepSpec read(Path file, TrialOptions known) throws IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException _) {
      throw new FormatException(
          file, "content", "text in UTF-8", "bytes of another encoding", "save it as UTF-8");
    } catch (IOException failure) {
      throw new IOException(
          OneLine.of("cannot read " + file + ": " + FailureReason.of(failure)), failure);
    }
    return new SweepSpecFile(file, known)
        .parse(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
  }

  private SweepSpec parse(String text) throws IOException {
    JsonNode root;
    try {
      findPlaces(text);
      root = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new FormatException(
          file,
          at == null ? "content" : "line " + at.getLineNr() + ", column " + at.getColumnNr(),
          "a JSON object",
          e.getOriginalMessage(),
          "correct the file");
    }
    only(root, "", KEYS);
    Map<String, String> options = options(root.path("options"));
    Map<String, Range> ranges = ranges(root.path("search"), options);
    SweepSpec.Strategy strategy = strategy(root.path("strategy"));
    if (strategy.halving() != null
        && (options.containsKey("epochs") || ranges.containsKey("epochs"))) {
      String place = options.containsKey("epochs") ? "options.epochs" : "search.epochs";
      throw wrong(place, "strategy.max-epochs instead, with halving", "epochs");
    }
    if (ranges.containsKey("seed") && known.isSplit(options)) {
      throw wrong(
          "search.seed",
          "a fixed seed, or a file as validation: it draws the rows that are kept back, and trials"
              + " are compared on the same ones",
          "a search");
    }
    return new SweepSpec(
        options,
        new SearchSpace(ranges),
        strategy,
        ranking(root.path("metric")),
        root.has("parallel") ? (int) integer(root.path("parallel"), "parallel", 1, 1024) : 1);
  }

  /** Where each key stands, by its path. */
  private void findPlaces(String text) throws IOException {
    try (JsonParser parser = JSON.createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME) {
          String path =
              parser.getParsingContext().pathAsPointer().toString().substring(1).replace('/', '.');
          places.putIfAbsent(path, parser.currentTokenLocation());
        }
      }
    }
  }

  private Map<String, String> options(JsonNode node) {
    Map<String, String> options = new LinkedHashMap<>();
    requireObject(node, "options");
    for (var entry : node.properties()) {
      String place = "options." + entry.getKey();
      String name = name(entry.getKey(), place);
      if (options.put(name, text(entry.getValue(), place)) != null) {
        throw wrong(place, "--" + name + " once", "another name of it");
      }
    }
    return options;
  }

  private Map<String, Range> ranges(JsonNode node, Map<String, String> options) {
    Map<String, Range> ranges = new LinkedHashMap<>();
    requireObject(node, "search");
    for (var entry : node.properties()) {
      String place = "search." + entry.getKey();
      String name = name(entry.getKey(), place);
      if (known.isOfData(name)) {
        throw wrong(
            place,
            "an option of the training: data is read once, for all trials",
            "an option of the data; put it into options");
      }
      if (options.containsKey(name) || ranges.containsKey(name)) {
        throw wrong(
            place, "--" + name + " once", "it twice, in search and options or by two names");
      }
      ranges.put(name, range(entry.getValue(), place));
    }
    return ranges;
  }

  /** The option's longest name, which the train command must know. */
  private String name(String key, String place) {
    try {
      return known.name(key);
    } catch (IllegalArgumentException e) {
      throw wrong(place, String.valueOf(e.getMessage()), '"' + key + '"');
    }
  }

  private Range range(JsonNode node, String place) {
    try {
      if (node.isArray()) {
        return new Range.Choice(values(node, place));
      }
      if (!node.isObject() || node.size() != 1) {
        throw wrong(
            place,
            "a list of values, or an object of one of " + sorted(RANGES),
            OneLine.quote(node.toString()));
      }
      only(node, place, RANGES);
      var entry = node.properties().iterator().next();
      String inside = place + "." + entry.getKey();
      return switch (entry.getKey()) {
        case "choice" -> new Range.Choice(values(entry.getValue(), inside));
        case "uniform" -> {
          List<Double> bounds = bounds(entry.getValue(), inside);
          yield new Range.Uniform(bounds.getFirst(), bounds.getLast());
        }
        case "log-uniform" -> {
          List<Double> bounds = bounds(entry.getValue(), inside);
          yield new Range.LogUniform(bounds.getFirst(), bounds.getLast());
        }
        default -> {
          bounds(entry.getValue(), inside);
          yield new Range.Integers(
              integer(entry.getValue().get(0), inside, Integer.MIN_VALUE, Integer.MAX_VALUE),
              integer(entry.getValue().get(1), inside, Integer.MIN_VALUE, Integer.MAX_VALUE));
        }
      };
    } catch (IllegalArgumentException e) {
      throw new FormatException(
          file, at(place), "a range", String.valueOf(e.getMessage()), "correct the file");
    }
  }

  private List<String> values(JsonNode node, String place) {
    if (!node.isArray()) {
      throw wrong(place, "a list of values", OneLine.quote(node.toString()));
    }
    List<String> values = new ArrayList<>();
    for (JsonNode value : node) {
      values.add(text(value, place));
    }
    return values;
  }

  private List<Double> bounds(JsonNode node, String place) {
    if (!node.isArray() || node.size() != 2 || !node.get(0).isNumber() || !node.get(1).isNumber()) {
      throw wrong(place, "two numbers, as in [0, 0.5]", OneLine.quote(node.toString()));
    }
    return List.of(node.get(0).doubleValue(), node.get(1).doubleValue());
  }

  /** As it is typed after the option's name; a list is typed with commas. */
  private String text(JsonNode node, String place) {
    if (node.isArray() && !node.isEmpty()) {
      List<String> parts = new ArrayList<>();
      for (JsonNode part : node) {
        if (!part.isValueNode() || part.isNull()) {
          throw wrong(place, "a value, or a list of them", OneLine.quote(node.toString()));
        }
        parts.add(part.asText());
      }
      return String.join(",", parts);
    }
    if (!node.isValueNode() || node.isNull()) {
      throw wrong(place, "a string, a number, true or false", OneLine.quote(node.toString()));
    }
    return node.asText();
  }

  private SweepSpec.Strategy strategy(JsonNode node) {
    String name = node.isObject() ? node.path("name").asText() : node.asText();
    String place = node.isObject() && node.has("name") ? "strategy.name" : "strategy";
    return switch (node.isMissingNode() ? "grid" : name) {
      case "grid" -> {
        strategyKeys(node, Set.of("name"));
        yield new SweepSpec.Strategy(0, 1, null);
      }
      case "random" -> {
        strategyKeys(node, Set.of("name", "trials", "seed"));
        yield new SweepSpec.Strategy(
            required(node, "trials", 1), optional(node, "seed", 0, 1), null);
      }
      case "halving" -> {
        strategyKeys(node, Set.of("name", "trials", "seed", "eta", "min-epochs", "max-epochs"));
        yield new SweepSpec.Strategy(
            (int) optional(node, "trials", 1, 0),
            optional(node, "seed", 0, 1),
            halving(
                (int) optional(node, "eta", 2, 3),
                (int) optional(node, "min-epochs", 1, 1),
                required(node, "max-epochs", 1)));
      }
      default -> throw wrong(place, "grid, random or halving", OneLine.quote(node.toString()));
    };
  }

  private Halving halving(int eta, int minEpochs, int maxEpochs) {
    if (maxEpochs < minEpochs) {
      throw wrong(
          "strategy.max-epochs",
          "min-epochs " + minEpochs + " or more",
          Integer.toString(maxEpochs));
    }
    return new Halving(eta, minEpochs, maxEpochs);
  }

  private void strategyKeys(JsonNode node, Set<String> keys) {
    if (node.isObject()) {
      only(node, "strategy", keys);
    }
  }

  private int required(JsonNode node, String key, int least) {
    if (!node.has(key)) {
      throw wrong("strategy", "a member \"" + key + "\"", "none");
    }
    return (int) integer(node.path(key), "strategy." + key, least, 1_000_000);
  }

  private long optional(JsonNode node, String key, long least, long usual) {
    return node.has(key)
        ? integer(
            node.path(key),
            "strategy." + key,
            least,
            key.equals("seed") ? Long.MAX_VALUE : 1_000_000)
        : usual;
  }

  private @Nullable Ranking ranking(JsonNode node) {
    if (node.isMissingNode()) {
      return null;
    }
    if (!node.isObject()) {
      return new Ranking(metric(node, "metric"));
    }
    only(node, "metric", Set.of("name", "direction"));
    Metric metric = metric(node.path("name"), "metric.name");
    if (!node.has("direction")) {
      return new Ranking(metric);
    }
    return switch (node.path("direction").asText()) {
      case "max" -> new Ranking(metric, true);
      case "min" -> new Ranking(metric, false);
      default ->
          throw wrong(
              "metric.direction", "max or min", OneLine.quote(node.path("direction").toString()));
    };
  }

  private Metric metric(JsonNode node, String place) {
    try {
      return Metric.byName(node.asText());
    } catch (IllegalArgumentException _) {
      throw wrong(place, "accuracy, loss or rmse", OneLine.quote(node.toString()));
    }
  }

  private long integer(JsonNode node, String place, long least, long most) {
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      long value = node.longValue();
      if (value >= least && value <= most) {
        return value;
      }
    }
    throw wrong(
        place, "a whole number from " + least + " to " + most, OneLine.quote(node.toString()));
  }

  private void requireObject(JsonNode node, String place) {
    if (!node.isMissingNode() && !node.isObject()) {
      throw wrong(place, "an object", OneLine.quote(node.toString()));
    }
  }

  private void only(JsonNode node, String place, Set<String> keys) {
    if (!node.isObject()) {
      throw wrong(place.isEmpty() ? "content" : place, "an object", OneLine.quote(node.toString()));
    }
    for (var entry : node.properties()) {
      if (!keys.contains(entry.getKey())) {
        throw wrong(
            place.isEmpty() ? entry.getKey() : place + "." + entry.getKey(),
            "only " + sorted(keys),
            '"' + entry.getKey() + '"');
      }
    }
  }

  private static String sorted(Set<String> keys) {
    return new TreeSet<>(keys).stream().collect(Collectors.joining(", "));
  }

  private String at(String place) {
    JsonLocation location = places.get(place);
    return location == null
        ? place
        : place + " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
  }

  private FormatException wrong(String place, String expected, String found) {
    return new FormatException(file, at(place), expected, found, "correct the file");
  }
}
