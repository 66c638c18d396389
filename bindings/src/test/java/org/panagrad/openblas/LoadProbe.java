package org.panagrad.openblas;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;

/** What a test starts in a JVM of its own: loads libraries and prints a line for each. */
public final class LoadProbe {
  private LoadProbe() {}

  /**
   * With no argument loads once. With arguments takes each as the value of the library property,
   * and loads it with bindings of their own, in a class loader of their own.
   */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    if (arguments.length == 0) {
      report("");
    }
    for (String argument : arguments) {
      if (!argument.equals("bundled")) {
        System.setProperty(OpenBlas.LIBRARY_PROPERTY, argument);
      }
      // Left open: the libraries of a loader that is collected are unloaded.
      new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())
          .loadClass(LoadProbe.class.getName())
          .getDeclaredMethod("report", String.class)
          .invoke(null, argument);
      System.clearProperty(OpenBlas.LIBRARY_PROPERTY);
    }
  }

  /** Loads twice: the second answer must be the first. */
  @SuppressWarnings("ReferenceEquality") // the very same exception is promised
  public static void report(String argument) {
    Object first = outcome();
    Object second = outcome();
    String text = first instanceof CblasLoadException refusal ? refusal.getMessage() : "" + first;
    System.out.println(argument + "|" + (first == second ? text : "not remembered: " + text));
  }

  private static Object outcome() {
    try {
      return OpenBlas.load();
    } catch (CblasLoadException refusal) {
      return refusal;
    }
  }

  private static URL[] classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(LoadProbe::url)
        .toArray(URL[]::new);
  }

  private static URL url(String entry) {
    try {
      return Path.of(entry).toUri().toURL();
    } catch (MalformedURLException malformed) {
      throw new IllegalArgumentException(entry, malformed);
    }
  }
}
