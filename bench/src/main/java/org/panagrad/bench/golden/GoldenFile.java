package org.panagrad.bench.golden;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One safetensors file: the length of the header (unsigned 64 bits, little-endian), the header in
 * JSON, padded with blanks to a multiple of 8 bytes, and the raw little-endian values.
 *
 * <p>Written here and not by the engine, so that the two check each other.
 */
record GoldenFile(String name, Map<String, String> metadata, List<NamedTensor> tensors) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** JSON of maps, lists, strings and numbers, in the order in which they were put in. */
  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not writable as JSON: " + value, e);
    }
  }

  String fileName() {
    return name + ".safetensors";
  }

  byte[] bytes() {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("__metadata__", metadata);
    long offset = 0;
    for (NamedTensor tensor : tensors) {
      boolean isFloat = tensor.values() instanceof float[];
      long end = offset + 4L * (isFloat ? tensor.floats().length : tensor.ints().length);
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", isFloat ? "F32" : "I32");
      entry.put("shape", tensor.shape());
      entry.put("data_offsets", new long[] {offset, end});
      if (header.put(tensor.name(), entry) != null) {
        throw new IllegalArgumentException(name + ": two tensors are named " + tensor.name());
      }
      offset = end;
    }
    byte[] text = json(header).getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');

    ByteBuffer file =
        ByteBuffer.allocate(Math.toIntExact(8 + padded.length + offset))
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(padded.length)
            .put(padded);
    for (NamedTensor tensor : tensors) {
      if (tensor.values() instanceof float[] floats) {
        for (float value : floats) {
          file.putFloat(value);
        }
      } else {
        for (int value : tensor.ints()) {
          file.putInt(value);
        }
      }
    }
    return file.array();
  }

  /** Writes the file whole or not at all. */
  void writeTo(Path directory) throws IOException {
    Path temporary = Files.createTempFile(directory, name, ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer content = ByteBuffer.wrap(bytes());
        while (content.hasRemaining()) {
          channel.write(content);
        }
        channel.force(true);
      }
      Files.move(temporary, directory.resolve(fileName()), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
