package org.panagrad.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Keeps everybody else out of a folder, in this process and in others, by a lock on a file {@code
 * .lock} in it. It ends with this process, however that ends.
 */
public final class FolderLock implements AutoCloseable {
  private static final String NAME = ".lock";

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock of a folder that is there.
   *
   * @return empty if somebody else has it
   * @throws IOException if the lock's file cannot be opened or locked
   */
  public static Optional<FolderLock> take(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(folder.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean held = false;
    try {
      held = ChannelLock.take(channel);
      return held ? Optional.of(new FolderLock(channel)) : Optional.empty();
    } finally {
      if (!held) {
        channel.close();
      }
    }
  }

  /** Deletes the lock's file of a folder that nobody has locked. */
  public static void delete(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(NAME));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
