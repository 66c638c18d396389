package org.panagrad.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.panagrad.random.SeededRandom;

class GzipInputTest {
  private static final byte[] ONE = bytes("a,b\n1,2\n");
  private static final byte[] TWO = bytes("3,4\n5,6\n");

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] data) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(data);
    }
    return packed.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  private static byte[] read(byte[] packed) throws IOException {
    try (GzipInput in = new GzipInput(new ByteArrayInputStream(packed))) {
      return in.readAllBytes();
    }
  }

  private static String damage(byte[] packed) {
    return String.valueOf(assertThrows(ZipException.class, () -> read(packed)).getMessage());
  }

  @Test
  void membersAreOneText() throws IOException {
    assertArrayEquals(ONE, read(gzip(ONE)));
    assertArrayEquals(join(ONE, TWO), read(join(gzip(ONE), gzip(new byte[0]), gzip(TWO))));
    assertArrayEquals(ONE, read(join(gzip(ONE), new byte[100_000])), "filled up with zeros");
    // Longer than all buffers, and hardly to be packed.
    byte[] large = new byte[300_000];
    SeededRandom random = SeededRandom.of(1, "gzip");
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) random.nextInt(256);
    }
    assertArrayEquals(join(large, large, TWO), read(join(gzip(large), gzip(large), gzip(TWO))));
  }

  @Test
  void bytesAreReadOneByOneToo() throws IOException {
    try (GzipInput in = new GzipInput(new ByteArrayInputStream(gzip(new byte[] {(byte) 200})))) {
      assertEquals(200, in.read());
      assertEquals(-1, in.read());
      assertEquals(-1, in.read());
    }
  }

  /** Extra field, name, comment and the header's own checksum, as other programs write them. */
  @Test
  void headersWithAllFields() throws IOException {
    byte[] plain = gzip(ONE);
    byte[] start = {0x1F, (byte) 0x8B, 8, 2 | 4 | 8 | 16, 1, 2, 3, 4, 0, 3, 3, 0, 9, 9, 9};
    byte[] header = join(start, bytes("name\0"), bytes("a comment\0"));
    CRC32 crc = new CRC32();
    crc.update(header);
    byte[] sum = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
    byte[] rest = Arrays.copyOfRange(plain, 10, plain.length);
    assertArrayEquals(join(ONE, ONE), read(join(plain, header, sum, rest)));
    sum[0] ^= 1;
    assertEquals("the header does not match its checksum", damage(join(header, sum, rest)));
  }

  /** Wherever it is cut but between its members, that is noticed. */
  @Test
  void everyCutIsNoticed() throws IOException {
    byte[] first = gzip(ONE);
    byte[] both = join(first, gzip(TWO));
    for (int length = 0; length < both.length; length++) {
      byte[] cut = Arrays.copyOf(both, length);
      if (length != first.length) {
        assertThrows(EOFException.class, () -> read(cut), "cut at " + length);
      }
    }
  }

  @Test
  void whatFollowsAMemberIsAMemberOrZeros() throws IOException {
    byte[] first = gzip(ONE);
    byte[] second = gzip(TWO);
    for (int at = 0; at < 3; at++) {
      byte[] bad = second.clone();
      bad[at] ^= 0x40;
      assertEquals("no gzip header at byte " + first.length, damage(join(first, bad)));
      assertEquals("no gzip header at byte 0", damage(bad));
    }
    assertEquals("no gzip header at byte " + first.length, damage(join(first, bytes("more"))));
    assertEquals(
        "no gzip header at byte " + first.length, damage(join(first, new byte[9], second)));
  }

  @Test
  void damagedDataIsNoticed() throws IOException {
    byte[] good = join(gzip(ONE), gzip(TWO));
    int refused = 0;
    for (int at = gzip(ONE).length + 10; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 0x10;
      try {
        assertArrayEquals(join(ONE, TWO), read(bad), "a bit that says nothing, in byte " + at);
      } catch (EOFException | ZipException _) {
        refused++;
      }
    }
    assertTrue(refused > 10, "refused " + refused);
  }
}
