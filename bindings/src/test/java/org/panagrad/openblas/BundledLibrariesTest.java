package org.panagrad.openblas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Unpacking, on small files in the place of the libraries. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "sets the permissions of Unix")
class BundledLibrariesTest {
  private static final NativePlatform PLATFORM =
      new NativePlatform("linux-x86_64", List.of("liba.so", "libb.so"));

  @TempDir Path directory;
  private Path jar = Path.of("");
  private Path cache = Path.of("");

  @BeforeEach
  void makeJar() throws IOException {
    jar = directory.resolve("jar");
    cache = directory.resolve("cache");
    Path libraries = Files.createDirectories(jar.resolve(PLATFORM.resourceDirectory()));
    Files.writeString(libraries.resolve("liba.so"), "the first");
    Files.writeString(libraries.resolve("libb.so"), "the second");
  }

  @Test
  void unpacksOnceIntoAPrivateDirectoryNamedByTheContents() throws IOException {
    List<Path> files = bundled().unpack();
    assertEquals(
        List.of("liba.so", "libb.so"), files.stream().map(BundledLibrariesTest::name).toList());
    assertEquals("the first", Files.readString(files.getFirst()));
    Path unpacked = files.getFirst().resolveSibling(".").normalize();
    assertTrue(name(unpacked).matches("linux-x86_64(-[0-9a-f]{16}){2}"), name(unpacked));
    for (Path made : List.of(cache, cache.resolve("openblas"), unpacked, files.getFirst())) {
      assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
    }
    Object inode = Files.getAttribute(files.getFirst(), "unix:ino");
    assertEquals(files, bundled().unpack());
    assertEquals(inode, Files.getAttribute(files.getFirst(), "unix:ino"));
    assertEquals(1, entries(cache.resolve("openblas")));
  }

  @Test
  void otherContentsGoElsewhere() throws IOException {
    Path before = bundled().unpack().getFirst();
    Files.writeString(jar.resolve(PLATFORM.resourceDirectory() + "libb.so"), "of another version");
    assertNotEquals(before.getParent(), bundled().unpack().getFirst().getParent());
    assertTrue(Files.exists(before));
  }

  @Test
  void alteredFileIsRefused() throws IOException {
    Path file = bundled().unpack().getLast();
    Files.writeString(file, "a Trojan");
    assertRefused(file + " is not what the native jar holds");
  }

  @Test
  void isVerifiedOnceAndAgainWhenAltered() throws Exception {
    Path file = bundled().unpack().getLast();
    Path seal = file.resolveSibling("verified");
    assertFalse(Files.exists(seal), "a file this new may yet change without showing it");
    Thread.sleep(1100);
    bundled().unpack();
    String sealed = Files.readString(seal);
    assertEquals(2, sealed.lines().count(), sealed);
    // It is believed: a digest that the seal and the jar agree on is not computed again.
    FileTime modified = Files.getLastModifiedTime(seal);
    bundled().unpack();
    assertEquals(modified, Files.getLastModifiedTime(seal));
    // Of the same size, and with its old time of modification.
    FileTime before = Files.getLastModifiedTime(file);
    Files.writeString(file, "a Trojan!!");
    Files.setLastModifiedTime(file, before);
    assertRefused(file + " is not what the native jar holds");
    Files.writeString(file, "the second");
    bundled().unpack();
    chmod(seal, "rwxrwxrwx");
    assertRefused(seal + ": may be changed by other users");
  }

  @Test
  void missingFileIsRefused() throws IOException {
    Path file = bundled().unpack().getLast();
    Files.delete(file);
    assertRefused("delete " + file.getParent());
  }

  @Test
  void fileThatOthersMayChangeIsRefused() throws IOException {
    Path file = bundled().unpack().getLast();
    chmod(file, "rwxrwx---");
    assertRefused(file + ": may be changed by other users");
  }

  @Test
  void directoryThatOthersMayChangeIsRefused() throws IOException {
    Path unpacked = bundled().unpack().getLast().resolveSibling(".").normalize();
    chmod(unpacked, "rwxrwxrwx");
    assertRefused(unpacked + ": may be changed by other users");
    chmod(unpacked, "rwx------");
    chmod(cache, "rwxrwxrwx");
    assertRefused(cache + ": may be changed by other users");
  }

  @Test
  void directoryBelowOneThatAnyoneMayChangeIsRefused() throws IOException {
    bundled().unpack();
    chmod(directory, "rwxrwxrwx");
    assertRefused("where any user may replace files");
  }

  @Test
  void plantedLinkIsRefusedEvenToTheSameContents() throws IOException {
    Path file = bundled().unpack().getLast();
    Path elsewhere = Files.move(file, directory.resolve("elsewhere.so"));
    Files.createSymbolicLink(file, elsewhere);
    assertRefused(file + ": is a symbolic link");
    Path unpacked = file.resolveSibling(".").normalize();
    Path moved = Files.move(unpacked, directory.resolve("moved"));
    Files.createSymbolicLink(unpacked, moved);
    assertRefused(unpacked + ": is a symbolic link");
  }

  @Test
  void fileOfAnotherUserIsRefused() throws IOException {
    Path file = bundled().unpack().getLast();
    assumeTrue(
        Files.getAttribute(file, "unix:uid").equals(0), "skipped: only root gives files away");
    Files.setAttribute(file, "unix:uid", 12345);
    assertRefused(file + ": belongs to user 12345");
    Files.setAttribute(file, "unix:uid", 0);
    Files.setAttribute(cache, "unix:uid", 12345);
    assertRefused(cache + ": belongs to user 12345");
  }

  @Test
  void unwritableCacheNamesTheProperty() throws IOException {
    Files.writeString(cache, "a file where the directory should be");
    assertRefused("name a writable directory in -Dpanagrad.cache.dir or PANAGRAD_CACHE_DIR");
    cache = Path.of("/proc/no-such-directory");
    assertRefused("name a writable directory in -Dpanagrad.cache.dir or PANAGRAD_CACHE_DIR");
  }

  @Test
  void absentJarNamesTheArtifact() throws IOException {
    Files.delete(jar.resolve(PLATFORM.resourceDirectory() + "liba.so"));
    assertRefused("add org.bytedeco:openblas with classifier linux-x86_64");
  }

  private void assertRefused(String reason) throws IOException {
    String message = assertThrows(CblasLoadException.class, bundled()::unpack).getMessage();
    assertTrue(message.contains(reason), message);
    assertEquals(1, message.lines().count(), message);
  }

  private BundledLibraries bundled() throws MalformedURLException {
    return new BundledLibraries(new NativeJar(PLATFORM, loader()), new UserCache(cache, "a test"));
  }

  private ClassLoader loader() throws MalformedURLException {
    return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
  }

  private static void chmod(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static long entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.count();
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
