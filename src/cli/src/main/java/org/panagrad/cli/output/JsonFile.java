package org.panagrad.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.terminal.Interruption;
import org.panagrad.file.AtomicFile;

/** A report as a JSON object, its keys in the order they were put. */
public final class JsonFile {
  private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

  public JsonFile put(String key, long value) {
    values.put(key, value);
    return this;
  }

  public JsonFile put(String key, String value) {
    values.put(key, value);
    return this;
  }

  public JsonFile put(String key, boolean value) {
    values.put(key, value);
    return this;
  }

  /** JSON has no NaN and no infinity: they are written as null. */
  public JsonFile put(String key, double value) {
    values.put(key, Double.isFinite(value) ? value : null);
    return this;
  }

  /** With the digits that tell the float from its neighbours: 0.001, not 0.0010000000474974513. */
  public JsonFile put(String key, float value) {
    return put(key, Double.parseDouble(Float.toString(value)));
  }

  public JsonFile put(String key, List<Double> numbers) {
    values.put(key, numbers.stream().map(d -> Double.isFinite(d) ? d : null).toList());
    return this;
  }

  public JsonFile putWhole(String key, List<Integer> numbers) {
    values.put(key, numbers);
    return this;
  }

  public JsonFile putObjects(String key, List<Map<String, @Nullable Object>> objects) {
    values.put(key, objects);
    return this;
  }

  public JsonFile put(String key, Map<String, @Nullable Object> object) {
    values.put(key, object);
    return this;
  }

  public void write(Path file) throws IOException {
    byte[] text = text().getBytes(StandardCharsets.UTF_8);
    Interruption.whole(() -> AtomicFile.write(file, channel -> write(channel, text)));
  }

  private static void write(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private String text() {
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(values) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
