package org.panagrad.openblas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;

/**
 * A file that says which libraries of its directory have been verified, and when each had been
 * changed last; so that 40 MB need not be digested at every start, which took longer than all else
 * of the loading.
 *
 * <p>The time is that of the inode, which no call sets back: what was written to since, or put in
 * place of another, is no longer sealed. Who can forge the seal can also replace the libraries.
 */
record Seal(Path directory) {
  private static final String NAME = "verified";

  /** A change so soon after might bear the time that was sealed: clocks of files tick. */
  private static final long SETTLED_MILLIS = 1000;

  /** Whether the libraries are in the state that was sealed. */
  boolean holds(String state) throws IOException {
    if (!PrivateFiles.UNIX) {
      return false;
    }
    Path file = directory.resolve(NAME);
    try {
      PrivateFiles.requirePrivate(file);
      return Files.readString(file).equals(state);
    } catch (NoSuchFileException absent) {
      return false;
    }
  }

  /** Seals libraries that were verified in this state; does nothing where that cannot be done. */
  void put(String state, Collection<String> libraries) throws IOException {
    if (!PrivateFiles.UNIX || !areSettled(libraries)) {
      return;
    }
    try {
      Path unfinished = PrivateFiles.createTemporaryFile(directory, NAME);
      try {
        Files.writeString(unfinished, state);
        Files.move(unfinished, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(unfinished);
      }
    } catch (IOException readOnly) {
      // They are verified again at the next start.
    }
  }

  private boolean areSettled(Collection<String> libraries) throws IOException {
    Instant latest = Instant.now().minusMillis(SETTLED_MILLIS);
    for (String library : libraries) {
      FileTime changed = (FileTime) attribute(library, "unix:ctime");
      if (changed.toInstant().isAfter(latest)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The state of libraries with these digests. To be taken before they are read, so that a change
   * meanwhile is one that was not sealed.
   */
  String state(Map<String, String> digests) throws IOException {
    if (!PrivateFiles.UNIX) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, String> entry : digests.entrySet()) {
      String library = entry.getKey();
      text.append(entry.getValue())
          .append(' ')
          .append(attribute(library, "unix:size"))
          .append(' ')
          .append(attribute(library, "unix:ino"))
          .append(' ')
          .append(attribute(library, "unix:ctime"))
          .append(' ')
          .append(library)
          .append('\n');
    }
    return text.toString();
  }

  private Object attribute(String library, String name) throws IOException {
    return Files.getAttribute(directory.resolve(library), name, LinkOption.NOFOLLOW_LINKS);
  }
}
