package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.file.FormatException;
import org.panagrad.fuzz.Fuzz;

/** Truncated, lying and hostile files: one clear line, and never another exception. */
class SafetensorsDamageTest {
  @TempDir Path directory;

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] whole = SafetensorsFileTest.reference();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(FormatException.class, () -> openAndReadAll(cut), "length " + length);
    }
    assertThrows(
        FormatException.class, () -> openAndReadAll(Arrays.copyOf(whole, whole.length + 1)));
  }

  @Test
  void everyFlippedByteOfTheHeaderIsRefusedOrHarmless() throws IOException {
    byte[] whole = SafetensorsFileTest.reference();
    long header = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int refused = 0;
    for (int i = 0; i < 8 + header; i++) {
      for (int mask : new int[] {1, 8, 128, 255}) {
        byte[] flipped = whole.clone();
        flipped[i] ^= (byte) mask;
        refused += openAndReadAllOrRefuse(flipped) ? 0 : 1;
      }
    }
    assertTrue(refused > header, "only " + refused + " refused");
  }

  @Test
  void everyLengthByteMatters() throws IOException {
    byte[] whole = SafetensorsFileTest.reference();
    for (int i = 0; i < 8; i++) {
      for (int b = 0; b < 256; b++) {
        byte[] changed = whole.clone();
        changed[i] = (byte) b;
        if (changed[i] != whole[i]) {
          assertThrows(FormatException.class, () -> openAndReadAll(changed));
        }
      }
    }
  }

  @Test
  @Tag("fuzz")
  void randomMutationsAreRefusedOrHarmless() throws IOException {
    byte[] whole = SafetensorsFileTest.reference();
    int data = DamagedHeader.dataBytes(whole);
    Fuzz.of("safetensors", whole)
        .pieces(DamagedHeader.PIECES)
        .repair((file, random) -> random.nextInt(10) > 0 ? DamagedHeader.honest(file, data) : file)
        .feed(this::openAndReadAllOrRefuse)
        .requireRefused(0.25);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|header: expected '{' first",
        "{\"t\":[]}|expected an object '{', found '['",
        "{\"t\":null}|expected an object '{', found 'n'",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1]}}|tensor \"t\": expected a member"
            + " \"data_offsets\", found none",
        "{\"t\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}|expected a member \"shape\", found"
            + " none",
        "{\"t\":{\"shape\":[1],\"data_offsets\":[0,4]}}|expected a member \"dtype\", found none",
        "{\"t\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}|found \"F33\"",
        "{\"t\":{\"dtype\":null,\"shape\":[1],\"data_offsets\":[0,4]}}|expected a string in double"
            + " quotes, found 'n'",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":null,\"data_offsets\":[0,4]}}|expected an array '['",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}|found -1",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}|found 1.0",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1e400],\"data_offsets\":[0,4]}}|1e400",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]}}|expected a whole"
            + " number",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}|expected 8 bytes for F32"
            + " [2], found [0, 4)",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}|found [4, 0)",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4]}}|expected 2 numbers, found 1"
            + " numbers",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,18446744073709551620]}}|expected"
            + " a whole number",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}|expected"
            + " a size in bits below 2^63",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}}|expected"
            + " a size in bits below 2^63",
        "{\"t\":{\"dtype\":\"F4\",\"shape\":[7],\"data_offsets\":[0,4]}}|not 28 bits",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|found a hole up to 4",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"u\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[3,4]}}|tensor"
            + " \"u\" data_offsets: expected its data at 4 where the tensor before ends, found an"
            + " overlap from 3",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|data: expected 8 bytes,"
            + " as the header says, found 4 bytes after the header; the file is cut short",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}|data: expected 1 bytes, as"
            + " the header says, found 4",
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"t\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[4,4]}}|\"t\""
            + " again",
        "{\"t\":{\"dtype\":\"U8\",\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}}|\"dtype\""
            + " again",
        "{\"__metadata__\":null}|expected an object '{', found 'n'",
        "{\"__metadata__\":{\"a\":1}}|expected a string in double quotes, found '1'",
        "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}|\"a\" again",
        "{}x|expected the end of the text, found 'x'",
        "{}|data: expected 0 bytes, as the header says, found 4",
      })
  void saysWhatIsWrong(String header, String message) {
    FormatException refused =
        assertThrows(FormatException.class, () -> openAndReadAll(file(header, 4)));
    assertTrue(refused.toString().contains(message), refused.getMessage());
    assertEquals(1, refused.toString().lines().count());
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, 1, 3, 100_000_001, 1L << 31, 1L << 32, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void refusesAnyOtherHeaderLength(long length) {
    byte[] bytes = file("{}", 0);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    FormatException refused = assertThrows(FormatException.class, () -> openAndReadAll(bytes));
    assertTrue(
        refused
            .toString()
            .contains(
                "header length: expected 2 to 2 bytes, found " + Long.toUnsignedString(length)),
        refused.getMessage());
  }

  @Test
  void refusesHostileNesting() {
    for (String open : new String[] {"[", "{\"a\":"}) {
      String header = "{\"t\":{\"extra\":" + open.repeat(200_000);
      FormatException refused =
          assertThrows(FormatException.class, () -> openAndReadAll(file(header, 0)));
      assertTrue(refused.toString().contains("levels of nesting"), refused.getMessage());
    }
  }

  @Test
  void refusesAHostileRank() {
    String header =
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[" + "1,".repeat(64) + "1],\"data_offsets\":[0,1]}}";
    FormatException refused =
        assertThrows(FormatException.class, () -> openAndReadAll(file(header, 1)));
    assertTrue(refused.toString().contains("at most 64 dimensions"), refused.getMessage());
  }

  @Test
  void refusesAHeaderTheHeapCannotHold() throws IOException {
    byte[] bytes = file("{" + " ".repeat(1000) + "}", 0);
    Path path = Files.write(directory.resolve("file"), bytes);
    FormatException refused =
        assertThrows(FormatException.class, () -> SafetensorsFile.open(path, 12_000));
    assertTrue(refused.toString().contains("-Xmx"), refused.getMessage());
    SafetensorsFile.open(path, 13_000).close();
  }

  @Test
  void escapesWhatAHostileNameCarries() {
    FormatException refused =
        assertThrows(
            FormatException.class, () -> openAndReadAll(file("{\"a\\n\\u001b[2J\":{}}", 0)));
    assertTrue(refused.toString().contains("\"a\\u000a\\u001b[2J\""), refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"later\":[{\"a\":null}]}} "
            + "  \n",
        "{\"z\":{\"dtype\":\"F32\",\"shape\":[0,9],\"data_offsets\":[4,4]},\"t\":{\"dtype\":\"F4\",\"shape\":[8],\"data_offsets\":[0,4]}}",
        "{\"__metadata__\":{},\"a\":{\"dtype\":\"F64\",\"shape\":[0],\"data_offsets\":[0,0]},\"t\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}",
      })
  void readsWhatIsUnusualButAllowed(String header) throws IOException {
    openAndReadAll(file(header, 4));
  }

  private static byte[] file(String header, int dataBytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }

  private boolean openAndReadAllOrRefuse(byte[] bytes) throws IOException {
    try {
      openAndReadAll(bytes);
      return true;
    } catch (FormatException refused) {
      assertEquals(1, refused.toString().lines().count());
      return false;
    }
  }

  private void openAndReadAll(byte[] bytes) throws IOException {
    Path path = Files.write(directory.resolve("file"), bytes);
    try (SafetensorsFile file = SafetensorsFile.open(path);
        Arena arena = Arena.ofConfined()) {
      long total = 0;
      for (StoredTensor tensor : file.tensors()) {
        total += tensor.data().toArray(ValueLayout.JAVA_BYTE).length;
        if (FloatConversion.of(tensor.dtype()) != null && tensor.dtype() != Dtype.F64) {
          tensor.copyTo(arena.allocate(tensor.elementCount() * Float.BYTES));
        }
      }
      assertTrue(total <= bytes.length);
      assertEquals(64, file.parametersSha256().length());
    }
  }
}
