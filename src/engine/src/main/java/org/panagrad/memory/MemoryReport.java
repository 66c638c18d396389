package org.panagrad.memory;

import java.util.List;
import java.util.Locale;

/**
 * What an owner's native memory is used for.
 *
 * @param owner whose
 * @param entries by purpose, in the order of allocation
 */
public record MemoryReport(String owner, List<Entry> entries) {
  /** One slab. */
  public record Entry(String purpose, long bytes) {}

  /** The sum over all entries, in bytes. */
  public long bytes() {
    long sum = 0;
    for (Entry entry : entries) {
      sum += entry.bytes();
    }
    return sum;
  }

  /** A line per purpose: {@code "parameters 2,144,296 B"}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(owner).append(": ");
    text.append(String.format(Locale.ROOT, "%,d", bytes())).append(" B native");
    for (Entry entry : entries) {
      text.append(String.format(Locale.ROOT, "%n  %-24s %,15d B", entry.purpose(), entry.bytes()));
    }
    return text.toString();
  }
}
