package org.panagrad.openblas;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** Files and directories that only this user, or root, can have written. */
final class PrivateFiles {
  static final boolean UNIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
  private static final int GROUP_OR_OTHERS_WRITE = 0022;
  private static final int OTHERS_WRITE = 0002;
  private static final int STICKY = 01000;

  private PrivateFiles() {}

  /** Creates a directory that only this user may enter, or checks the one that is there. */
  static void createDirectories(Path directory) throws IOException {
    Path parent = directory.getParent();
    if (parent != null && !Files.exists(parent)) {
      createDirectories(parent);
    }
    try {
      Files.createDirectory(directory, permissions("rwx------"));
    } catch (FileAlreadyExistsException there) {
      // Checked below like a new one.
    }
    requirePrivate(directory);
  }

  static Path createTemporaryDirectory(Path parent, String prefix) throws IOException {
    return Files.createTempDirectory(parent, prefix, permissions("rwx------"));
  }

  static Path createTemporaryFile(Path parent, String prefix) throws IOException {
    return Files.createTempFile(parent, prefix, null, permissions("rwx------"));
  }

  static Path createFile(Path file) throws IOException {
    return Files.createFile(file, permissions("rwx------"));
  }

  static void deleteDirectory(Path directory) throws IOException {
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> entries = Files.list(directory)) {
        for (Path entry : entries.toList()) {
          Files.delete(entry);
        }
      }
      Files.delete(directory);
    }
  }

  /**
   * Refuses a file or directory that another user owns or may change, or a symbolic link, or one
   * below a directory in which any user may replace it.
   */
  static void requirePrivate(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      throw new FileSystemException(path.toString(), null, "is a symbolic link");
    }
    if (!UNIX) {
      return;
    }
    requireOwned(path);
    if ((mode(path) & GROUP_OR_OTHERS_WRITE) != 0) {
      throw new FileSystemException(
          path.toString(), null, "may be changed by other users; chmod go-w it");
    }
    for (Path above = path.toRealPath().getParent(); above != null; above = above.getParent()) {
      if ((mode(above) & (OTHERS_WRITE | STICKY)) == OTHERS_WRITE) {
        throw new FileSystemException(
            path.toString(), null, "is below " + above + ", where any user may replace files");
      }
    }
  }

  private static void requireOwned(Path path) throws IOException {
    int owner = uid(path);
    int self = Self.UID;
    if (owner != self && owner != 0) {
      throw new FileSystemException(
          path.toString(), null, "belongs to user " + owner + " and not to this one, " + self);
    }
  }

  private static int mode(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
  }

  private static int uid(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  private static FileAttribute<?>[] permissions(String permissions) {
    return UNIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** The numeric user of this process. */
  private static final class Self {
    static final int UID = find();

    private static int find() {
      try {
        return ofStatus(Files.readAllLines(Path.of("/proc/self/status")));
      } catch (IOException notLinux) {
        return ofNewFile(notLinux);
      }
    }

    private static int ofStatus(List<String> lines) throws IOException {
      for (String line : lines) {
        if (line.startsWith("Uid:")) {
          // Real, effective, saved, of the file system: the last owns what the process creates.
          return Integer.parseUnsignedInt(line.substring(line.lastIndexOf('\t') + 1));
        }
      }
      throw new IOException("/proc/self/status has no line Uid:");
    }

    /** Slower by 20 ms: the file's name takes random numbers fit for secrets. */
    private static int ofNewFile(IOException notLinux) {
      try {
        Path file = Files.createTempFile("panagrad", null);
        try {
          return uid(file);
        } finally {
          Files.delete(file);
        }
      } catch (IOException readOnly) {
        readOnly.addSuppressed(notLinux);
        throw new CblasLoadException(
            "no file can be made in the directory for temporary files: " + readOnly, readOnly);
      }
    }
  }
}
