package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.dropout;
import static org.panagrad.nn.Layers.leakyRelu;
import static org.panagrad.nn.Layers.residual;
import static org.panagrad.nn.Layers.tanh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.data.FeatureMap;
import org.panagrad.file.FormatException;
import org.panagrad.fuzz.Fuzz;
import org.panagrad.graph.Shape;
import org.panagrad.infer.Model;
import org.panagrad.infer.Predictor;
import org.panagrad.kernel.Activation;
import org.panagrad.memory.NativeMemory;
import org.panagrad.memory.NativeMemoryLimitException;
import org.panagrad.memory.ProcessMemory;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.nn.Parameter;
import org.panagrad.train.ModelDescription;

/** Model files that lie: a clear exception, nothing leaked, nothing crashed. */
class ModelFileHostileTest {
  @TempDir private Path directory;
  private Path file = Path.of("");
  private String header = "";
  private byte[] data = {};

  @BeforeEach
  void writeAModel() throws IOException {
    file = directory.resolve("model.safetensors");
    Network network =
        Network.of(3, dense(4), leakyRelu(), dropout(0.5f), residual(dense(4), tanh()), dense(2));
    ModelDescription description =
        new ModelDescription(
            Losses.crossEntropy(), FeatureMap.PIXELS, List.of("no", "yes"), Map.of("seed", "1"));
    try (Model model = new Model(network.graph(), description, Long.MAX_VALUE)) {
      for (Parameter parameter : model.stateDict().values()) {
        float[] values = new float[parameter.elements()];
        java.util.Arrays.fill(values, 0.25f);
        parameter.set(values);
      }
      ModelFile.write(file, model);
    }
    byte[] bytes = Files.readAllBytes(file);
    int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    header = new String(bytes, 8, length, StandardCharsets.UTF_8);
    data = java.util.Arrays.copyOfRange(bytes, 8 + length, bytes.length);
  }

  private void write(byte[] newHeader) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + newHeader.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(newHeader.length).put(newHeader).put(data);
    Files.write(file, bytes.array());
  }

  private void predict(Model model) {
    int inputs = model.graph().input().shape().elements();
    try (Predictor predictor = Predictor.of(model, 2, 1, 1L << 26)) {
      assertEquals(
          model.graph().output().shape().elements(), predictor.predict(new float[inputs]).length);
    }
  }

  @Test
  void unchangedItIsRead() throws IOException {
    write(header.getBytes(StandardCharsets.UTF_8));
    try (Model model = ModelFile.read(file)) {
      predict(model);
    }
  }

  @Test
  void asManyClassNamesAsOutputsOrNone() throws IOException {
    for (String names : List.of("[\\\"no\\\"]", "[\\\"a\\\",\\\"b\\\",\\\"c\\\"]")) {
      String other = header.replace("[\\\"no\\\",\\\"yes\\\"]", names);
      assertNotEquals(header, other);
      write(other.getBytes(StandardCharsets.UTF_8));
      FormatException e = assertThrows(FormatException.class, () -> ModelFile.read(file));
      assertTrue(e.toString().contains("a name for each of the 2 outputs"), e.toString());
    }
  }

  @Test
  void aLayerMayBeCalledProbabilities() {
    Network network =
        Network.of(
            Shape.of(3), (n, x) -> n.graph().activate("probabilities", Activation.TANH, 0, x));
    assertEquals("probabilities'", network.graph().withSoftmax().output().path());
    assertEquals(
        "probabilities'", network.graph().withActivation(Activation.SIGMOID).output().path());
  }

  private boolean predicts(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try (Model model = ModelFile.read(file, 1 << 20)) {
      predict(model);
      return true;
    } catch (FormatException | IOException | NativeMemoryLimitException refused) {
      assertEquals(1, String.valueOf(refused.getMessage()).lines().count());
      return false;
    }
  }

  /** What still describes a network has to predict; everything else is refused in one line. */
  @Test
  @Tag("fuzz")
  void randomMutationsAreRefusedOrPredict() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Fuzz.of("model file", whole)
        .pieces(DamagedHeader.PIECES)
        .repair((damaged, random) -> DamagedHeader.readable(damaged, whole, random))
        .nativeMemory(NativeMemory::processBytes, NativeMemory::processTakenBytes)
        .feed(this::predicts)
        .requireRefused(0.5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\\\"inputs\\\":[\\\"input\\\",'|'\\\"inputs\\\":[\\\"fc1.weight\\\",'|parameter",
        "'\\\"fc1.bias\\\"]'|'\\\"later\\\"]'|later",
        "'\\\"probability\\\":0.5'|'\\\"probability\\\":1'|dropout probability 1",
        "'\\\"probability\\\":0.5'|'\\\"probability\\\":-0.1'|dropout probability",
        "'\\\"slope\\\":'|'\\\"slope\\\":-'|slope",
        "'\\\"type\\\":\\\"tanh\\\"'|'\\\"type\\\":\\\"swish\\\"'|swish",
        "'\\\"version\\\":1'|'\\\"version\\\":2'|version",
        "'\\\"shape\\\":[3]'|'\\\"shape\\\":[0]'|found 0",
        "'\\\"shape\\\":[3]'|'\\\"shape\\\":[2147483647,2]'|elements",
        "'\\\"shape\\\":[3]'|'\\\"shape\\\":[4]'|expected (*, 3)",
        "'cross-entropy'|'crossentropy'|crossentropy",
        "'\\\"scale\\\":'|'\\\"scale\\\":1e39'|",
      })
  void liesAreNamed(String from, String to, String named) throws IOException {
    String changed = header.replace(from, to);
    assertFalse(changed.equals(header), "nothing to replace in " + header);
    write(changed.getBytes(StandardCharsets.UTF_8));
    long before = NativeMemory.processBytes();
    FormatException e = assertThrows(FormatException.class, () -> ModelFile.read(file).close());
    String message = String.valueOf(e.getMessage());
    assertTrue(named == null || message.contains(named), message);
    assertTrue(message.startsWith(file.toString()), message);
    ProcessMemory.assertNoMoreThan(before);
  }

  @Test
  void weightsThatAreNotFiniteAreRefused() throws IOException {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      byte[] good = data.clone();
      ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).putFloat(data.length - 4, bad);
      write(header.getBytes(StandardCharsets.UTF_8));
      long before = NativeMemory.processBytes();
      FormatException e = assertThrows(FormatException.class, () -> ModelFile.read(file).close());
      assertTrue(String.valueOf(e.getMessage()).contains("finite"), e.getMessage());
      ProcessMemory.assertNoMoreThan(before);
      data = good;
    }
  }

  @Test
  void theLimitIsCheckedBeforeMemoryIsTaken() throws IOException {
    write(header.getBytes(StandardCharsets.UTF_8));
    long before = NativeMemory.processBytes();
    assertThrows(NativeMemoryLimitException.class, () -> ModelFile.read(file, 100).close());
    ProcessMemory.assertNoMoreThan(before);
  }
}
