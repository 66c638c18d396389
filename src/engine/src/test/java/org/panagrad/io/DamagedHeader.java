package org.panagrad.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Repairs of damaged safetensors files, so that a reader looks further than their first lie. */
final class DamagedHeader {
  /** Numbers, and names in the JSON that is a text in the header's JSON. */
  private static final Pattern TOKEN =
      Pattern.compile("\\\\\"[a-zA-Z0-9./]+\\\\\"|-?\\d+(\\.\\d+)?(E-?\\d+)?");

  /** What stands for something in such a header, and in the JSON within. */
  static final String[] PIECES =
      ("0 1 2 -1 4 9 9999999999 2147483647 9223372036854775807 1e400 1e9 0.5 NaN null true [] {} ,"
              + " : [ ] { } \\ \" \\\" \\u0000 \"F32\" \"F4\" \"BOOL\" [0,0] \\\"input\\\""
              + " \\\"fc1.weight\\\" \\\"fc1\\\" \\\"add\\\" \\\"softmax\\\" \\\"dropout1\\\""
              + " \\\"linear\\\" \\\"Infinity\\\"")
          .split(" ");

  private DamagedHeader() {}

  /** The bytes behind the header of a whole file. */
  static int dataBytes(byte[] whole) {
    long header = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return whole.length - Long.BYTES - (int) header;
  }

  /** Has a header say that so much follows it: else nothing else of it would be looked at. */
  static byte[] honest(byte[] file, int dataBytes) {
    if (file.length >= Long.BYTES + dataBytes) {
      ByteBuffer.wrap(file)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(0, file.length - Long.BYTES - dataBytes);
    }
    return file;
  }

  /** Swaps a number for another or a name for another, so that JSON stays JSON. */
  static byte[] withAnotherToken(byte[] file, Random random) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    List<MatchResult> tokens = TOKEN.matcher(text).results().toList();
    if (tokens.isEmpty()) {
      return file.clone();
    }
    MatchResult out = tokens.get(random.nextInt(tokens.size()));
    boolean isName = out.group().startsWith("\\");
    List<MatchResult> alike =
        tokens.stream().filter(token -> token.group().startsWith("\\") == isName).toList();
    String in = alike.get(random.nextInt(alike.size())).group();
    return (text.substring(0, out.start()) + in + text.substring(out.end()))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Gives a file the checksum that it should end with: somebody lies on purpose. */
  static byte[] sealed(byte[] file) {
    if (file.length >= DataDigest.BYTES) {
      try {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(file, 0, file.length - DataDigest.BYTES);
        byte[] digest = sha256.digest();
        System.arraycopy(digest, 0, file, file.length - digest.length, digest.length);
      } catch (NoSuchAlgorithmException impossible) {
        throw new AssertionError(impossible);
      }
    }
    return file;
  }

  /** A damaged file whose header's length is right, half of them with other words in their JSON. */
  static byte[] readable(byte[] damaged, byte[] whole, Random random) {
    byte[] file = damaged;
    if (random.nextBoolean()) {
      file = whole;
      for (int i = random.nextInt(3); i >= 0; i--) {
        file = withAnotherToken(file, random);
      }
    }
    return honest(file, dataBytes(whole));
  }

  /** A damaged checkpoint: most are sealed again. */
  static byte[] checkpoint(byte[] damaged, byte[] whole, Random random) {
    return random.nextInt(8) == 0 ? damaged : sealed(readable(damaged, whole, random));
  }
}
