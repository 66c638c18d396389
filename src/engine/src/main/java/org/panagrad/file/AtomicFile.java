package org.panagrad.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * A file that is there whole or not at all.
 *
 * <p>The content goes to a temporary name in the same directory ({@code .panagrad-*.tmp}), is
 * flushed to the device, and is renamed over the final name in one step; then the directory is
 * flushed, so that the name survives a power cut as well. When anything fails the temporary file is
 * deleted and a file already under the final name keeps its bytes. A process killed in between
 * leaves the temporary file, never half a file under the final name.
 */
public final class AtomicFile {
  /** Writes the content of a file, from the start, through a channel opened for writing. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it; the channel is flushed and closed by the caller. */
    void writeTo(FileChannel channel) throws IOException;
  }

  private static final String PREFIX = ".panagrad-";
  private static final String SUFFIX = ".tmp";
  private static final String NO_FILE = "it is a device or pipe, not a file";

  private AtomicFile() {}

  /**
   * Writes a file, replacing one of the same name. A symbolic link is followed, so it stays a link;
   * the permissions of a replaced file are kept.
   *
   * @throws IOException with one line saying which file, why, and what to do: the directory is
   *     missing or not writable, the name is taken by a directory or device, the existing file is
   *     read-only, the disk is full, or {@code content} failed
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = Files.isSymbolicLink(file) ? linkTarget(file) : file.toAbsolutePath();
    Path directory = target.getParent();
    if (directory == null) {
      throw refused(file, "it names no file", "choose a file name");
    }
    check(file, target, directory);
    Path temporary = directory.resolve(temporaryName());
    boolean renamed = false;
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      keepPermissions(target, temporary);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      renamed = true;
      flushDirectory(directory);
    } catch (IOException failure) {
      throw new IOException(
          "cannot write "
              + OneLine.of(file.toString())
              + ": "
              + FailureReason.of(failure)
              + "; "
              + (renamed
                  ? "the file is in place but may not survive a power cut"
                  : "check the space and permissions of " + OneLine.of(directory.toString())),
          failure);
    } finally {
      if (!renamed) {
        deleteQuietly(temporary);
      }
    }
  }

  /**
   * Finds out whether a file could be written now, before work is spent on what is to be in it. A
   * temporary file is made beside it and deleted; the file itself is not touched.
   *
   * @throws IOException as {@link #write} would throw it
   */
  public static void requireWritable(Path file) throws IOException {
    Path target = Files.isSymbolicLink(file) ? linkTarget(file) : file.toAbsolutePath();
    Path directory = target.getParent();
    if (directory == null) {
      throw refused(file, "it names no file", "choose a file name");
    }
    check(file, target, directory);
    Path temporary = directory.resolve(temporaryName());
    try {
      Files.createFile(temporary);
      Files.delete(temporary);
    } catch (IOException failure) {
      throw new IOException(
          OneLine.of(
              "cannot write "
                  + file
                  + ": "
                  + FailureReason.of(failure)
                  + "; check the space and permissions of "
                  + directory),
          failure);
    }
  }

  /**
   * Deletes what killed processes left half written. For a directory that nobody writes to
   * meanwhile.
   *
   * @throws IOException if the directory cannot be read, or one cannot be deleted
   */
  public static void deleteTemporaries(Path directory) throws IOException {
    Pattern temporary =
        Pattern.compile(Pattern.quote(PREFIX) + "[0-9a-f]{16}" + Pattern.quote(SUFFIX));
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
      for (Path file : all) {
        if (temporary.matcher(file.getFileName().toString()).matches()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (DirectoryIteratorException failure) {
      throw failure.getCause();
    }
  }

  private static void check(Path file, Path target, Path directory) throws IOException {
    if (Files.notExists(directory)) {
      throw refused(
          file,
          "the directory " + directory + " does not exist",
          "create it or choose another path");
    }
    if (!Files.isDirectory(directory)) {
      throw refused(file, directory + " is not a directory", "choose another path");
    }
    if (!Files.isWritable(directory)) {
      throw refused(
          file,
          "the directory " + directory + " is not writable",
          "change its permissions or choose another path");
    }
    if (Files.isDirectory(target)) {
      throw refused(file, "a directory of that name exists", "choose another file name");
    }
    if (Files.exists(target)) {
      if (!Files.isRegularFile(target)) {
        throw refused(file, NO_FILE, "choose another file name");
      }
      if (!Files.isWritable(target)) {
        throw refused(
            file, "the existing file is read-only", "make it writable or choose another file name");
      }
    }
  }

  private static Path linkTarget(Path link) throws IOException {
    try {
      return link.toRealPath();
    } catch (IOException broken) {
      // As /dev/stdout in a pipe: "pipe:[4711]" is no name, and yet there is something.
      IOException refusal =
          Files.exists(link)
              ? refused(link, NO_FILE, "choose another file name")
              : refused(link, "it is a symbolic link that leads nowhere", "remove the link");
      refusal.addSuppressed(broken);
      throw refusal;
    }
  }

  private static IOException refused(Path file, String reason, String remedy) {
    return new IOException(OneLine.of("cannot write " + file + ": " + reason + "; " + remedy));
  }

  // Not derived from the final name: a name of 255 bytes must stay writable.
  private static String temporaryName() {
    return PREFIX + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()) + SUFFIX;
  }

  private static void keepPermissions(Path existing, Path temporary) throws IOException {
    PosixFileAttributeView from =
        Files.getFileAttributeView(existing, PosixFileAttributeView.class);
    if (from != null && Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      Files.setPosixFilePermissions(temporary, from.readAttributes().permissions());
    }
  }

  // Windows cannot open a directory, and a directory that may be written but not read cannot be
  // opened either; there the rename is still atomic, only its durability is the system's.
  private static void flushDirectory(Path directory) throws IOException {
    FileChannel opened;
    try {
      opened = FileChannel.open(directory, StandardOpenOption.READ);
    } catch (AccessDeniedException _) {
      return;
    }
    try (FileChannel channel = opened) {
      channel.force(true);
    }
  }

  private static void deleteQuietly(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException _) {
      // The failure that led here is the one to report.
    }
  }
}
