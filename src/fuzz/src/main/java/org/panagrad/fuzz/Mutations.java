package org.panagrad.fuzz;

import java.util.Arrays;
import java.util.Random;

/**
 * Damaged copies of a file: bytes changed, pieces doubled, dropped, moved or cut off. As many as
 * the system property {@code panagrad.fuzz.inputs} says, 2,000 unless told.
 */
public final class Mutations {
  private static final int INPUTS = Integer.getInteger("panagrad.fuzz.inputs", 2_000);

  private Mutations() {}

  /** What a reader does with a damaged file: reads it, or refuses it and returns false. */
  @FunctionalInterface
  public interface Reader {
    boolean reads(byte[] file) throws Exception;
  }

  /** What is done to a damaged file before it is read, so that not all end at a checksum. */
  @FunctionalInterface
  public interface Repair {
    void repair(byte[] file, Random random);
  }

  /**
   * Gives a reader damaged copies of files; its failures come with the seed.
   *
   * @param name printed with the seed
   * @param wholes the files, in turn
   * @return how many were refused
   */
  public static int feed(String name, byte[][] wholes, Repair repair, Reader reader) {
    long seed = Long.getLong("panagrad.fuzz.seed", new Random().nextLong());
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < INPUTS; i++) {
      byte[] damaged = mutate(wholes[i % wholes.length], random);
      repair.repair(damaged, random);
      try {
        refused += reader.reads(damaged) ? 0 : 1;
      } catch (Throwable t) {
        throw new AssertionError(name + " input " + i + ", panagrad.fuzz.seed " + seed, t);
      }
    }
    System.out.println(
        name + ": " + INPUTS + " damaged files, " + refused + " refused, seed " + seed);
    return refused;
  }

  /** How many of the inputs a share of them is, for what a test expects to be refused. */
  public static int atLeast(double share) {
    return (int) (INPUTS * share);
  }

  private static byte[] mutate(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int k = random.nextInt(4); k >= 0 && bytes.length > 1; k--) {
      // Half of the time near the start, where headers are.
      int within = random.nextBoolean() ? bytes.length : Math.min(bytes.length, 128);
      int at = random.nextInt(within);
      int length = Math.min(random.nextInt(1, 40), bytes.length - at);
      switch (random.nextInt(7)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> Arrays.fill(bytes, at, at + Math.min(length, 8), (byte) -random.nextInt(2));
        case 3 -> System.arraycopy(whole.clone(), 0, bytes, at, Math.min(length, whole.length));
        case 4 -> {
          int to = random.nextInt(bytes.length - length + 1);
          System.arraycopy(bytes.clone(), at, bytes, to, length);
        }
        case 5 -> {
          byte[] shorter = new byte[bytes.length - length];
          System.arraycopy(bytes, 0, shorter, 0, at);
          System.arraycopy(bytes, at + length, shorter, at, shorter.length - at);
          bytes = shorter;
        }
        default ->
            bytes =
                random.nextInt(4) == 0
                    ? Arrays.copyOf(bytes, at)
                    : Arrays.copyOf(bytes, bytes.length + random.nextInt(20));
      }
    }
    return bytes;
  }
}
