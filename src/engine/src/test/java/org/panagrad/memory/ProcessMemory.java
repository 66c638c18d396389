package org.panagrad.memory;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** The account of the process, in which other tests' garbage may be freed at any moment. */
public final class ProcessMemory {
  private ProcessMemory() {}

  /** Fails if more is held than before: what a leak looks like. */
  public static void assertNoMoreThan(long before) {
    assertNoMoreThan(before, "native memory");
  }

  /** The same, with what the message is to say. */
  public static void assertNoMoreThan(long before, String where) {
    long now = NativeMemory.processBytes();
    assertTrue(now <= before, where + ": " + now + " bytes held, before it were " + before);
  }
}
