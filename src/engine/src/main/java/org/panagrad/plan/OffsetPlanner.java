package org.panagrad.plan;

import java.util.ArrayList;
import java.util.List;
import org.panagrad.memory.NativeMemory;

/**
 * Places buffers so that no two that live at once overlap: largest first, each at the lowest offset
 * that is free for its whole life (greedy by size, Pisarchyk and Lee 2020, "Efficient Memory
 * Management for Deep Neural Net Inference").
 */
final class OffsetPlanner {
  /** A buffer of these bytes that lives in phases [first, last]. */
  record Request(long bytes, int first, int last) {
    boolean livesWith(Request other) {
      return first <= other.last && other.first <= last;
    }
  }

  private record Placed(Request request, long offset) {
    long end() {
      return offset + NativeMemory.align(request.bytes());
    }
  }

  private OffsetPlanner() {}

  /** Offsets in the order of the requests, and after them the size of the whole. */
  static long[] place(List<Request> requests) {
    List<Integer> order = new ArrayList<>(); // the largest first
    for (int i = 0; i < requests.size(); i++) {
      int at = order.size();
      while (at > 0 && requests.get(order.get(at - 1)).bytes() < requests.get(i).bytes()) {
        at--;
      }
      order.add(at, i);
    }
    long[] offsets = new long[requests.size() + 1];
    List<Placed> placed = new ArrayList<>(); // by offset
    long size = 0;
    for (int i : order) {
      Request request = requests.get(i);
      long at = 0;
      for (Placed other : placed) {
        if (other.request().livesWith(request)) {
          if (at + NativeMemory.align(request.bytes()) <= other.offset()) {
            break;
          }
          at = Math.max(at, other.end());
        }
      }
      Placed here = new Placed(request, at);
      int behind = placed.size();
      while (behind > 0 && placed.get(behind - 1).offset() > at) {
        behind--;
      }
      placed.add(behind, here);
      offsets[i] = at;
      size = Math.max(size, here.end());
    }
    offsets[requests.size()] = size;
    return offsets;
  }
}
