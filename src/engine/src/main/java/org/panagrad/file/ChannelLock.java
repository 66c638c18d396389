package org.panagrad.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;

/**
 * Keeps everybody else who asks likewise from writing to a file, in this process and in others. It
 * ends with the channel, and so with this process, however that ends.
 */
public final class ChannelLock {
  /** Beyond what a file has: where locks are binding, as on Windows, it can still be read. */
  private static final long AT = Long.MAX_VALUE - 1;

  private ChannelLock() {}

  /**
   * Takes the lock of a file, for as long as its channel is open.
   *
   * @param channel open for writing
   * @return false if somebody else has it
   * @throws IOException if files there cannot be locked
   */
  public static boolean take(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(AT, 1, false) != null;
    } catch (OverlappingFileLockException _) {
      // Somebody in this process.
      return false;
    }
  }
}
