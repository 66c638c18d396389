package org.panagrad.fuzz;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives a reader damaged copies of files. It may refuse one or read it; anything else that is
 * thrown, memory beyond a bound, and memory, files or threads not given back are failures, told
 * with the seed and the number of the input.
 *
 * <p>System properties: {@code panagrad.fuzz.inputs}, how many, 2,000 unless told; {@code
 * panagrad.fuzz.seed}, another each time unless told; {@code panagrad.fuzz.only}, the number of the
 * one input to try.
 */
public final class Fuzz {
  private static final int INPUTS = Integer.getInteger("panagrad.fuzz.inputs", 2_000);
  private static final @Nullable Integer ONLY = Integer.getInteger("panagrad.fuzz.only");

  /** Enough for buffers, and below what any header could claim on purpose. */
  private static final long MOST_BYTES = 64L << 20;

  /** Files that others may have opened meanwhile; the inputs are many more. */
  private static final int OTHERS_FILES = 32;

  /** Threads that others may have started meanwhile, as the JDK does when there is work. */
  private static final int OTHERS_THREADS = 8;

  // So that neighbouring seeds and inputs are not neighbours to the generator.
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final String name;
  private final byte[][] wholes;
  private byte[][] pieces = {};
  private Repair repair = (damaged, random) -> damaged;
  private LongSupplier heldBytes = () -> 0;
  private LongSupplier takenBytes = () -> 0;
  private long mostBytes = MOST_BYTES;

  private Fuzz(String name, byte[][] wholes) {
    this.name = name;
    this.wholes = wholes;
  }

  /** What a reader does with a damaged file: reads it to its end, or refuses it, which is false. */
  @FunctionalInterface
  public interface Reader {
    boolean reads(byte[] file) throws Exception;
  }

  /** What is done to a damaged file before it is read, so that not all end at a checksum. */
  @FunctionalInterface
  public interface Repair {
    byte[] repair(byte[] file, Random random) throws Exception;
  }

  /**
   * A fuzz of a reader.
   *
   * @param name of the reader
   * @param wholes files that it reads, to be damaged in turn
   */
  public static Fuzz of(String name, byte[]... wholes) {
    return new Fuzz(name, wholes.clone());
  }

  /** Puts these texts in too: what the format's parser looks for. */
  public Fuzz pieces(String... texts) {
    pieces =
        Arrays.stream(texts)
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    return this;
  }

  /** Repairs each damaged file in this way first. */
  public Fuzz repair(Repair by) {
    repair = by;
    return this;
  }

  /**
   * Watches native memory too, which the heap's own account does not know.
   *
   * @param held bytes held at a moment: no more after an input than before
   * @param taken bytes taken since the process began: counted with those of the heap
   */
  public Fuzz nativeMemory(LongSupplier held, LongSupplier taken) {
    heldBytes = held;
    takenBytes = taken;
    return this;
  }

  /** Lets one input take so much memory, heap and native together; 64 MiB unless told. */
  public Fuzz mostBytes(long bytes) {
    mostBytes = bytes;
    return this;
  }

  /** Feeds the reader and prints what became of it. */
  public Outcome feed(Reader reader) {
    long seed = Long.getLong("panagrad.fuzz.seed", new Random().nextLong());
    Mutations mutations = new Mutations(pieces);
    int first = ONLY == null ? 0 : ONLY;
    int inputs = ONLY == null ? INPUTS : 1;
    int refused = 0;
    long most = 0;
    long filesBefore = openFiles();
    int threadsBefore = LiveThreads.count();
    // Known even if the process does not live to the end.
    System.out.println("fuzz: " + name + ": seed " + seed);
    try (Watchdog watchdog = new Watchdog(Thread.currentThread())) {
      for (int i = first; i < first + inputs; i++) {
        String where = name + " input " + i + ", seed " + seed;
        watchdog.begins(where);
        Random random = new Random((seed * GOLDEN + i) * GOLDEN);
        try {
          byte[] damaged =
              repair.repair(mutations.damage(wholes[i % wholes.length], random), random);
          long held = heldBytes.getAsLong();
          long before = allocatedBytes();
          refused += reader.reads(damaged) ? 0 : 1;
          most = Math.max(most, bounded(allocatedBytes() - before));
          requireNoMore("native memory held", held, heldBytes.getAsLong());
        } catch (Throwable t) {
          throw new AssertionError(
              where + ": this one alone by scripts/fuzz --seed " + seed + " --only " + i, t);
        }
      }
    }
    requireNoMore("open files", filesBefore + OTHERS_FILES, openFiles());
    LiveThreads.requireAtMost(threadsBefore + OTHERS_THREADS);
    Outcome outcome = new Outcome(name, inputs, refused, most, seed);
    System.out.println(outcome);
    return outcome;
  }

  private long bounded(long bytes) {
    if (bytes > mostBytes) {
      throw new AssertionError(bytes + " bytes of memory taken, expected at most " + mostBytes);
    }
    return bytes;
  }

  private static void requireNoMore(String what, long before, long after) {
    if (after > before) {
      throw new AssertionError(what + ": " + after + ", expected at most " + before + " as before");
    }
  }

  /** By all threads, since some readers have their own. */
  private long allocatedBytes() {
    return takenBytes.getAsLong()
        + (ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads
            ? threads.getTotalThreadAllocatedBytes()
            : 0);
  }

  private static long openFiles() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.UnixOperatingSystemMXBean system
        ? system.getOpenFileDescriptorCount()
        : 0;
  }
}
