package org.panagrad.openblas;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Loads one file into this class's loader, where the bindings look their symbols up. */
final class LibraryFile {
  private LibraryFile() {}

  /** Checks what a person wrote as the path of a library. */
  static Path named(String value) {
    if (value.isBlank()) {
      throw new CblasLoadException("it is empty, an absolute path is expected");
    }
    Path file;
    try {
      file = Path.of(value);
    } catch (InvalidPathException malformed) {
      throw new CblasLoadException("it is no path: " + malformed.getReason());
    }
    if (!file.isAbsolute()) {
      throw new CblasLoadException("it is not an absolute path");
    }
    if (!Files.exists(file)) {
      throw new CblasLoadException("it does not exist");
    }
    if (!Files.isRegularFile(file)) {
      throw new CblasLoadException("it is not a file");
    }
    if (!Files.isReadable(file)) {
      throw new CblasLoadException("it is not readable");
    }
    ElfHeader.check(file);
    return file;
  }

  static void load(Path file) {
    try {
      System.load(file.toString());
    } catch (IllegalCallerException denied) {
      throw new CblasLoadException(
          "native access is not enabled for the bindings; start java with --enable-native-access="
              + nativeAccessName(),
          denied);
    } catch (UnsatisfiedLinkError error) {
      throw new CblasLoadException(describe(file, error), error);
    }
  }

  private static String nativeAccessName() {
    Module module = LibraryFile.class.getModule();
    return module.isNamed() ? module.getName() : "ALL-UNNAMED";
  }

  private static String describe(Path file, UnsatisfiedLinkError error) {
    String reason = String.valueOf(error.getMessage()).replaceAll("\\s+", " ");
    if (reason.contains("already loaded in another classloader")) {
      return file
          + " is already loaded by another class loader of this JVM, and a library has one; put"
          + " panagrad-openblas where all applications share it (the container's common class"
          + " loader), once";
    }
    return file + " cannot be loaded: " + reason.replace(file + ": ", "");
  }
}
