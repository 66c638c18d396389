package org.panagrad.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path directory;

  @Test
  void writesANewFile() throws IOException {
    Path file = directory.resolve("new.bin");
    AtomicFile.write(file, text("content"));
    assertEquals("content", Files.readString(file));
    assertEquals(List.of("new.bin"), names());
  }

  @Test
  void askingWhetherAFileIsWritableTouchesNothing() throws IOException {
    AtomicFile.requireWritable(directory.resolve("new.bin"));
    assertEquals(List.of(), names());
    Path old = Files.writeString(directory.resolve("old.bin"), "old");
    AtomicFile.requireWritable(old);
    assertEquals("old", Files.readString(old));
    assertEquals(List.of("old.bin"), names());
    for (Path refused : List.of(directory, old.resolve("x"), directory.resolve("missing/x"))) {
      IOException asked =
          assertThrows(IOException.class, () -> AtomicFile.requireWritable(refused));
      IOException written =
          assertThrows(IOException.class, () -> AtomicFile.write(refused, text("x")));
      assertEquals(written.getMessage(), asked.getMessage());
    }
  }

  @Test
  void replacesAnExistingFileAndKeepsItsPermissions() throws IOException {
    assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Path file = Files.writeString(directory.resolve("old.bin"), "a longer content than the new");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    AtomicFile.write(file, text("short"));
    assertEquals("short", Files.readString(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void theOldContentIsThereUntilTheLastMoment() throws IOException {
    Path file = Files.writeString(directory.resolve("a.bin"), "old");
    AtomicFile.write(
        file,
        channel -> {
          channel.write(ByteBuffer.wrap(new byte[100]));
          assertEquals("old", Files.readString(file));
        });
    assertEquals(100, Files.size(file));
  }

  @Test
  void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = Files.writeString(directory.resolve("a.bin"), "old");
    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    file,
                    channel -> {
                      channel.write(ByteBuffer.wrap(new byte[100]));
                      throw new IOException("No space left on device");
                    }));
    assertEquals(
        "cannot write "
            + file
            + ": No space left on device; check the space and permissions of "
            + directory,
        failure.getMessage());
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("a.bin"), names());
  }

  @Test
  void anUncheckedFailurePassesThroughAndLeavesNothing() throws IOException {
    IllegalStateException closed = new IllegalStateException("closed");
    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class,
            () ->
                AtomicFile.write(
                    directory.resolve("a.bin"),
                    _ -> {
                      throw closed;
                    }));
    assertSame(closed, thrown);
    assertEquals(List.of(), names());
  }

  @Test
  void anInterruptLeavesNothingAndSaysSo() throws IOException {
    Thread.currentThread().interrupt();
    IOException failure =
        assertThrows(
            IOException.class, () -> AtomicFile.write(directory.resolve("a.bin"), text("x")));
    assertTrue(Thread.interrupted());
    assertTrue(failure.toString().contains("the thread was interrupted"), failure.getMessage());
    assertEquals(List.of(), names());
  }

  @Test
  void refusesADirectoryUnderTheName() throws IOException {
    Path taken = Files.createDirectory(directory.resolve("taken"));
    assertRefused(taken, "a directory of that name exists; choose another file name");
    assertTrue(Files.isDirectory(taken));
  }

  @Test
  void refusesAMissingDirectory() {
    Path missing = directory.resolve("missing");
    assertRefused(
        missing.resolve("a.bin"),
        "the directory " + missing + " does not exist; create it or choose another path");
  }

  @Test
  void refusesAFileWhereTheDirectoryShouldBe() throws IOException {
    Path plain = Files.writeString(directory.resolve("plain"), "x");
    assertRefused(plain.resolve("a.bin"), plain + " is not a directory; choose another path");
  }

  @Test
  void refusesAnUnwritableDirectory() throws IOException {
    Path locked = Files.createDirectory(directory.resolve("locked"));
    assertTrue(locked.toFile().setWritable(false));
    assumeFalse(Files.isWritable(locked), "this user may write anywhere");
    assertRefused(
        locked.resolve("a.bin"),
        "the directory "
            + locked
            + " is not writable; change its permissions or choose another path");
  }

  @Test
  void refusesADevice() {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device));
    assumeTrue(Files.isWritable(device.getParent()), "the directory is refused first");
    assertRefused(device, "it is a device or pipe, not a file; choose another file name");
    assertFalse(Files.isRegularFile(device));
  }

  /** As /dev/stdout is in front of a pipe. */
  @Test
  void aLinkToAPipeIsToldFromOneThatLeadsNowhere() throws IOException {
    Path open = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(open), "no names for what is open");
    Pipe pipe = Pipe.open();
    try (var _ = pipe.source();
        var _ = pipe.sink();
        Stream<Path> all = Files.list(open)) {
      Path end = all.filter(AtomicFileTest::isPipe).findFirst().orElseThrow();
      Path link = Files.createSymbolicLink(directory.resolve("link"), end);
      assertRefused(link, "it is a device or pipe, not a file; choose another file name");
    }
  }

  private static boolean isPipe(Path end) {
    try {
      return Files.readSymbolicLink(end).toString().startsWith("pipe:");
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void writesThroughASymbolicLink() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path file = Files.writeString(elsewhere.resolve("real.bin"), "old");
    Path link = Files.createSymbolicLink(directory.resolve("link.bin"), file);
    AtomicFile.write(link, text("new"));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(file));
    Files.delete(file);
    assertRefused(link, "it is a symbolic link that leads nowhere; remove the link");
  }

  @Test
  void writesTheLongestNameAFileSystemAllows() throws IOException {
    Path file = directory.resolve("n".repeat(255));
    AtomicFile.write(file, text("x"));
    assertArrayEquals(new byte[] {'x'}, Files.readAllBytes(file));
  }

  private static void assertRefused(Path file, String reason) {
    IOException failure = assertThrows(IOException.class, () -> AtomicFile.write(file, text("x")));
    assertEquals("cannot write " + file + ": " + reason, failure.getMessage());
  }

  private static AtomicFile.Content text(String text) {
    return channel -> channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
