package org.panagrad.openblas;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The libraries of the native jar as files in the user's cache, in a directory named by the first
 * digits of their SHA-256. The directory appears whole, by one rename, so it never needs repair: of
 * two processes that unpack at once the second finds the first one's and uses it.
 */
record BundledLibraries(NativeJar jar, UserCache cache) {
  /** Of each digest in the directory's name; what lies there is held against all of them. */
  private static final int DIGITS = 16;

  /** Unpacks what is not there yet, verifies all, and returns the files in loading order. */
  List<Path> unpack() {
    Map<String, String> digests = new TreeMap<>();
    try {
      KnownLibraries known = KnownLibraries.read();
      for (String library : jar.platform().libraries()) {
        digests.put(library, jar.digest(library, known));
      }
    } catch (IOException unreadable) {
      throw new CblasLoadException(
          "the native jar of OpenBLAS cannot be read: " + unreadable, unreadable);
    }
    Path parent = cache.directory().resolve("openblas");
    Path directory = parent.resolve(nameFor(digests));
    try {
      PrivateFiles.createDirectories(cache.directory());
      PrivateFiles.createDirectories(parent);
      if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        unpackInto(parent, directory);
      }
    } catch (IOException failure) {
      throw new CblasLoadException(
          "OpenBLAS cannot be unpacked into "
              + directory
              + " (by "
              + cache.chosenBy()
              + "): "
              + failure
              + "; name a writable directory in -D"
              + UserCache.PROPERTY
              + " or "
              + UserCache.VARIABLE
              + ", or "
              + OpenBlas.NAME_ANOTHER,
          failure);
    }
    return verified(directory, digests);
  }

  private String nameFor(Map<String, String> digests) {
    StringBuilder name = new StringBuilder(jar.platform().name());
    for (String digest : digests.values()) {
      name.append('-').append(digest, 0, DIGITS);
    }
    return name.toString();
  }

  private void unpackInto(Path parent, Path directory) throws IOException {
    Path unfinished = PrivateFiles.createTemporaryDirectory(parent, "unpacking-");
    try {
      for (String library : jar.platform().libraries()) {
        Path file = PrivateFiles.createFile(unfinished.resolve(library));
        try (InputStream content = jar.open(library);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
            OutputStream out = Channels.newOutputStream(channel)) {
          content.transferTo(out);
          channel.force(true);
        }
      }
      Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException failure) {
      // Another process may have been faster; its directory is then verified as ours would be.
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw failure;
      }
    } finally {
      PrivateFiles.deleteDirectory(unfinished);
    }
  }

  private List<Path> verified(Path directory, Map<String, String> digests) {
    List<Path> files = new ArrayList<>();
    try {
      PrivateFiles.requirePrivate(directory);
      for (String library : jar.platform().libraries()) {
        PrivateFiles.requirePrivate(directory.resolve(library));
      }
      Seal seal = new Seal(directory);
      String state = seal.state(digests);
      boolean sealed = seal.holds(state);
      for (String library : jar.platform().libraries()) {
        Path file = directory.resolve(library);
        files.add(file);
        if (sealed) {
          continue;
        }
        try (InputStream content = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
          String found = Sha256.of(content);
          if (!found.equals(digests.get(library))) {
            throw new CblasLoadException(
                file
                    + " is not what the native jar holds: SHA-256 "
                    + found
                    + ", expected "
                    + digests.get(library)
                    + "; delete "
                    + directory);
          }
        }
      }
      if (!sealed) {
        seal.put(state, digests.keySet());
      }
    } catch (IOException damaged) {
      throw new CblasLoadException(
          "the cached OpenBLAS cannot be used: " + damaged + "; delete " + directory, damaged);
    }
    return files;
  }
}
