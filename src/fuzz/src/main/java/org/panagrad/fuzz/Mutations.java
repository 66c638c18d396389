package org.panagrad.fuzz;

import java.util.Arrays;
import java.util.Random;

/**
 * Damages copies of a file: bytes changed, pieces doubled, dropped, moved, cut off or put in.
 *
 * @param pieces texts that mean something to the reader: separators, names, numbers too large
 */
// Nobody compares them, and nobody else sees the array.
@SuppressWarnings("ArrayRecordComponent")
record Mutations(byte[][] pieces) {
  private static final int HEADER_BYTES = 128;
  private static final int LONGEST_PIECE = 40;

  /** One to four changes; what is left has at least a byte. */
  byte[] damage(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int k = random.nextInt(4); k >= 0 && bytes.length > 1; k--) {
      // Half of the time near the start, where headers are.
      int within = random.nextBoolean() ? bytes.length : Math.min(bytes.length, HEADER_BYTES);
      int at = random.nextInt(within);
      bytes =
          pieces.length > 0 && random.nextBoolean()
              ? withPiece(bytes, at, pieces[random.nextInt(pieces.length)], random)
              : change(bytes, at, whole, random);
    }
    return bytes;
  }

  /** Changes a copy that is the caller's. */
  private static byte[] change(byte[] bytes, int at, byte[] whole, Random random) {
    int length = Math.min(random.nextInt(1, LONGEST_PIECE), bytes.length - at);
    return switch (random.nextInt(8)) {
      case 0 -> {
        bytes[at] = (byte) random.nextInt(256);
        yield bytes;
      }
      case 1 -> {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        yield bytes;
      }
      case 2 -> {
        Arrays.fill(bytes, at, at + Math.min(length, 8), (byte) -random.nextInt(2));
        yield bytes;
      }
      case 3 -> {
        System.arraycopy(whole, 0, bytes, at, Math.min(length, whole.length));
        yield bytes;
      }
      case 4 -> {
        int to = random.nextInt(bytes.length - length + 1);
        System.arraycopy(bytes.clone(), at, bytes, to, length);
        yield bytes;
      }
      case 5 -> replaced(bytes, at, length, new byte[0]);
      case 6 -> replaced(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
      default ->
          random.nextInt(4) == 0
              ? Arrays.copyOf(bytes, Math.max(1, at))
              : Arrays.copyOf(bytes, bytes.length + random.nextInt(20));
    };
  }

  /** Puts a piece in, over as many bytes or between two. */
  private static byte[] withPiece(byte[] bytes, int at, byte[] piece, Random random) {
    int over = random.nextBoolean() ? 0 : Math.min(piece.length, bytes.length - at);
    return replaced(bytes, at, over, piece);
  }

  private static byte[] replaced(byte[] bytes, int at, int length, byte[] by) {
    byte[] result = new byte[bytes.length - length + by.length];
    System.arraycopy(bytes, 0, result, 0, at);
    System.arraycopy(by, 0, result, at, by.length);
    System.arraycopy(bytes, at + length, result, at + by.length, bytes.length - at - length);
    return result;
  }
}
