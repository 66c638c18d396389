package org.panagrad.infer;

import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.panagrad.data.FeatureMap;
import org.panagrad.nn.Network;
import org.panagrad.train.ModelDescription;

/** A program that predicts and prints what some hundred calls allocate, a line per batch size. */
final class PredictionAllocations {
  private static final int CALLS = 200;
  private static final long MOST_NANOS = 40_000_000_000L;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private PredictionAllocations() {}

  /** For batches of so many rows, prints the bytes of all threads. */
  public static void main(String[] batches) {
    Network network = Network.of(20, dense(128), relu(), dense(64), relu(), dense(5));
    ModelDescription description =
        new ModelDescription(null, FeatureMap.PIXELS, List.of(), Map.of());
    try (Model model = new Model(network.graph(), description, Long.MAX_VALUE);
        Predictor predictor = Predictor.of(model, 256, 2, 2, Long.MAX_VALUE);
        Arena arena = Arena.ofShared()) {
      long[] team =
          Thread.getAllStackTraces().keySet().stream()
              .filter(t -> t.getName().startsWith("panagrad-predict"))
              .mapToLong(Thread::threadId)
              .toArray();
      MemorySegment in = arena.allocate(4L * 20 * 300, 64);
      MemorySegment out = arena.allocate(4L * 5 * 300, 64);
      for (String batch : batches) {
        int rows = Integer.parseInt(batch);
        long begin = System.nanoTime();
        long bytes;
        // Until the compilers have been through it, as for training.
        do {
          long before = bytes(team);
          for (int i = 0; i < CALLS; i++) {
            predictor.predict(in, rows, out);
          }
          bytes = bytes(team) - before;
        } while (bytes != 0 && System.nanoTime() - begin < MOST_NANOS);
        System.out.println("rows " + rows + " bytes " + bytes);
      }
    }
  }

  private static long bytes(long[] team) {
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    for (long id : team) {
      bytes += THREADS.getThreadAllocatedBytes(id);
    }
    return bytes;
  }
}
