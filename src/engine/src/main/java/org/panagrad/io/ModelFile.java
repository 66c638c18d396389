package org.panagrad.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.PictureShape;
import org.panagrad.file.FormatException;
import org.panagrad.file.OneLine;
import org.panagrad.graph.BatchNorm;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Loss;
import org.panagrad.graph.Operation;
import org.panagrad.graph.Value;
import org.panagrad.infer.Model;
import org.panagrad.kernel.KernelSets;
import org.panagrad.kernel.Kernels;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Parameter;
import org.panagrad.table.TableSchema;
import org.panagrad.table.TableTarget;
import org.panagrad.train.ModelDescription;
import org.panagrad.train.TrainingSession;

/**
 * Models as safetensors files: the parameters under PyTorch's names and shapes, and in the
 * metadata, under {@code panagrad}, the architecture and the description as JSON. {@code
 * docs/model-file.md} is the format.
 */
public final class ModelFile {
  private static final String KEY = "panagrad";
  private static final int VERSION = 1;

  private ModelFile() {}

  /**
   * Writes a session's model, whole or not at all. Steps that other threads take wait meanwhile, so
   * that the file is of one step.
   *
   * @return SHA-256 of the parameter bytes, in file order, in hexadecimal
   * @throws org.panagrad.train.NonFiniteLossException if a parameter is not finite: nothing is
   *     written then
   * @throws IOException in one line when it cannot be written; a file of that name stays as it was
   */
  public static String write(Path file, TrainingSession session) throws IOException {
    // What the session's own methods hold while they run.
    synchronized (session) {
      session.requireFinite();
      return write(file, session.network().graph(), session.stateDict(), session.describe());
    }
  }

  /** Writes a model, whole or not at all; see {@link #write(Path, TrainingSession)}. */
  public static String write(Path file, Model model) throws IOException {
    return write(file, model.graph(), model.stateDict(), model.description());
  }

  private static String write(
      Path file, Graph graph, Map<String, Parameter> parameters, ModelDescription description)
      throws IOException {
    SafetensorsWriter writer = tensors(parameters);
    // What the format's own readers look for, so that PyTorch's loader takes the file.
    writer.metadata("format", "pt");
    writer.metadata(KEY, description(graph, description).write());
    writer.write(file);
    return writer.parametersSha256();
  }

  /** SHA-256 of a session's parameter bytes as a file of its model would have them. */
  public static String parametersSha256(TrainingSession session) {
    synchronized (session) {
      return tensors(session.stateDict()).parametersSha256();
    }
  }

  /** SHA-256 of a model's parameter bytes as its file has them. */
  public static String parametersSha256(Model model) {
    return tensors(model.stateDict()).parametersSha256();
  }

  private static SafetensorsWriter tensors(Map<String, Parameter> parameters) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Parameter parameter : parameters.values()) {
      long[] shape = Arrays.stream(parameter.shape().extents()).asLongStream().toArray();
      writer.add(parameter.path(), shape, parameter.segment(), 0);
    }
    return writer;
  }

  private static Json description(Graph graph, ModelDescription description) {
    Map<String, Json> json = new LinkedHashMap<>();
    json.put("version", new Json.Int(VERSION));
    json.put("graph", GraphJson.write(graph));
    Loss loss = description.loss();
    if (loss != null) {
      Map<String, Json> lossJson = new LinkedHashMap<>();
      lossJson.put("name", new Json.Str(loss.function().label()));
      lossJson.put("delta", new Json.Real(loss.delta()));
      if (loss.labelSmoothing() > 0) {
        lossJson.put("labelSmoothing", new Json.Real(loss.labelSmoothing()));
      }
      if (!loss.classWeights().isEmpty()) {
        lossJson.put(
            "classWeights",
            new Json.Arr(
                loss.classWeights().stream().map(weight -> (Json) new Json.Real(weight)).toList()));
      }
      json.put("loss", new Json.Obj(lossJson));
    }
    Map<String, Json> map = new LinkedHashMap<>();
    map.put("scale", new Json.Real(description.preprocessing().scale()));
    map.put("shift", new Json.Real(description.preprocessing().shift()));
    json.put("preprocessing", new Json.Obj(map));
    if (description.picture() != null) {
      json.put("picture", PictureShapeJson.write(description.picture()));
    }
    json.put("classNames", new Json.Arr(strings(description.classNames())));
    if (description.table() != null) {
      json.put("table", TableSchemaJson.write(description.table()));
    }
    Map<String, Json> run = new LinkedHashMap<>();
    description.run().forEach((key, value) -> run.put(key, new Json.Str(value)));
    json.put("run", new Json.Obj(run));
    return new Json.Obj(json);
  }

  private static List<Json> strings(List<String> strings) {
    return strings.stream().map(s -> (Json) new Json.Str(s)).toList();
  }

  /**
   * Reads a model; see {@link #read(Path, long)}.
   *
   * @throws IOException in one line when the file cannot be read
   */
  public static Model read(Path file) throws IOException {
    return read(file, Long.MAX_VALUE);
  }

  /**
   * Reads a model into memory of its own; the file is closed when this returns.
   *
   * @param maxNativeBytes the most its parameters may take
   * @throws FormatException if the file is not such a model: what, where, expected, found
   * @throws org.panagrad.memory.NativeMemoryLimitException if the parameters need more
   * @throws IOException in one line when the file cannot be read
   */
  public static Model read(Path file, long maxNativeBytes) throws IOException {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      String text = tensors.metadata().get(KEY);
      if (text == null) {
        throw new FormatException(
            file,
            "metadata",
            "an entry \"" + KEY + "\" with the architecture",
            tensors.metadata().isEmpty() ? "no metadata" : "only " + tensors.metadata().keySet(),
            "train a model with this program, or describe the network in Java and load the"
                + " tensors");
      }
      Graph graph;
      ModelDescription description;
      try {
        JsonCursor json = new JsonCursor(Json.parse(text), "model");
        json.member("version").integer(VERSION, VERSION);
        graph = GraphJson.read(json.member("graph"));
        description = description(json);
        checkClassNames(json, graph, description);
        checkPicture(json, graph, description);
        checkTable(json, graph, description);
      } catch (JsonException | IllegalArgumentException e) {
        throw new FormatException(
            file,
            "metadata entry \"" + KEY + "\"",
            "a model's description",
            OneLine.of(String.valueOf(e.getMessage())),
            "the file is damaged or from another version");
      }
      checkTensors(file, tensors, graph);
      Model model = new Model(graph, description, maxNativeBytes);
      try {
        load(file, tensors, model);
      } catch (Throwable t) {
        model.close();
        throw t;
      }
      return model;
    }
  }

  private static ModelDescription description(JsonCursor json) {
    JsonCursor map = json.member("preprocessing");
    List<String> classNames =
        json.member("classNames").elements().stream().map(JsonCursor::string).toList();
    return new ModelDescription(
        json.optional("loss").map(ModelFile::loss).orElse(null),
        new FeatureMap((float) map.member("scale").number(), (float) map.member("shift").number()),
        json.optional("picture").map(PictureShapeJson::read).orElse(null),
        classNames,
        json.optional("table").map(table -> TableSchemaJson.read(table, classNames)).orElse(null),
        run(json.member("run")));
  }

  /** None, or one for each output; two classes may share a single output. */
  private static void checkClassNames(JsonCursor json, Graph graph, ModelDescription description) {
    int names = description.classNames().size();
    int outputs = graph.output().shape().elements();
    if (names != 0 && names != outputs && !(names == 2 && outputs == 1)) {
      throw new JsonException(
          json.member("classNames").path(),
          "a name for each of the " + outputs + " outputs",
          names + " names");
    }
  }

  private static void checkPicture(JsonCursor json, Graph graph, ModelDescription description) {
    PictureShape picture = description.picture();
    int inputs = graph.input().shape().elements();
    if (picture != null && picture.features() != inputs) {
      throw new JsonException(
          json.member("picture").path(),
          "a picture of " + inputs + " levels, as the network has inputs",
          picture.features() + ", of " + picture);
    }
  }

  private static void checkTable(JsonCursor json, Graph graph, ModelDescription description) {
    TableSchema table = description.table();
    if (table == null) {
      return;
    }
    int inputs = graph.input().shape().elements();
    if (table.features() != inputs) {
      throw new JsonException(
          json.member("table").path(),
          "columns of " + inputs + " features, as the network has inputs",
          table.features() + " features");
    }
    int outputs = graph.output().shape().elements();
    boolean fits =
        switch (table.target()) {
          case TableTarget.Classes classes -> !classes.classes().isEmpty();
          case TableTarget.Values _ -> outputs == 1;
        };
    if (!fits) {
      throw new JsonException(
          json.member("table").member("target").path(),
          "a target of the network's " + outputs + " outputs",
          "another");
    }
  }

  private static Loss loss(JsonCursor json) {
    return new Loss(
        Losses.byName(json.member("name").string()).function(),
        (float) json.member("delta").number(),
        json.optional("labelSmoothing").map(JsonCursor::number).orElse(0.0),
        json.optional("classWeights").map(JsonCursor::elements).orElse(List.of()).stream()
            .map(weight -> (float) weight.number())
            .toList());
  }

  private static Map<String, String> run(JsonCursor json) {
    Map<String, String> run = new LinkedHashMap<>();
    for (String name : json.names()) {
      run.put(name, json.member(name).string());
    }
    return run;
  }

  /** Checked before memory is taken: the sizes asked for are then those of a file that exists. */
  private static void checkTensors(Path file, SafetensorsFile tensors, Graph graph) {
    List<Value> parameters = graph.parameters();
    for (Value parameter : parameters) {
      StoredTensor tensor =
          tensors
              .tensor(parameter.path())
              .orElseThrow(
                  () ->
                      new FormatException(
                          file,
                          "tensors",
                          "one named " + OneLine.quote(parameter.path()),
                          "none",
                          "the file is damaged or from another version"));
      long[] expected = Arrays.stream(parameter.shape().extents()).asLongStream().toArray();
      if (!Arrays.equals(tensor.shape(), expected)) {
        throw new FormatException(
            file,
            "tensor " + OneLine.quote(parameter.path()),
            "shape " + Arrays.toString(expected) + " as the architecture says",
            Arrays.toString(tensor.shape()),
            "the file is damaged or from another version");
      }
    }
    if (tensors.tensors().size() != parameters.size()) {
      throw new FormatException(
          file,
          "tensors",
          parameters.size() + ", one for each parameter of the architecture",
          tensors.tensors().size() + "",
          "the file is damaged or from another version");
    }
  }

  private static void load(Path file, SafetensorsFile tensors, Model model) throws IOException {
    Kernels kernels = KernelSets.select();
    for (Parameter parameter : model.stateDict().values()) {
      MemorySegment segment = parameter.segment();
      tensors.tensor(parameter.path()).orElseThrow().copyTo(segment);
      if (!kernels.allFinite(segment, 0, parameter.elements())) {
        throw new FormatException(
            file,
            "tensor " + OneLine.quote(parameter.path()),
            "finite numbers",
            "infinity or NaN",
            "the model is useless: its training diverged, or the file is damaged");
      }
    }
    for (Operation op : model.graph().operations()) {
      if (op instanceof BatchNorm norm) {
        checkVariances(
            file, Objects.requireNonNull(model.stateDict().get(norm.runningVar().path())));
      }
    }
  }

  /** Of less than 0 there is no root. */
  private static void checkVariances(Path file, Parameter variances) {
    for (int i = 0; i < variances.elements(); i++) {
      if (variances.get(i) < 0) {
        throw new FormatException(
            file,
            "tensor " + OneLine.quote(variances.path()) + " element " + i,
            "a variance of 0 or more",
            Float.toString(variances.get(i)),
            "the file is damaged");
      }
    }
  }
}
