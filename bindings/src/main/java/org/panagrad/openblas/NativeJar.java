package org.panagrad.openblas;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.jar.JarEntry;
import org.jspecify.annotations.Nullable;

/**
 * The jar that brings the native OpenBLAS of one platform.
 *
 * @param loader sees what is on the class path and in the resolved modules
 */
record NativeJar(NativePlatform platform, ClassLoader loader) {

  /** Opens one library of the jar, wherever the jar was put. */
  InputStream open(String library) throws IOException {
    return locate(library).openStream();
  }

  /** The SHA-256 of one library, without reading it if it is one that this build knows. */
  String digest(String library, KnownLibraries known) throws IOException {
    if (locate(library).openConnection() instanceof JarURLConnection connection) {
      JarEntry entry = connection.getJarEntry();
      Optional<String> digest =
          entry == null
              ? Optional.empty()
              : known.digest(platform, library, entry.getCrc(), entry.getSize());
      if (digest.isPresent()) {
        return digest.get();
      }
    }
    try (InputStream content = open(library)) {
      return Sha256.of(content);
    }
  }

  private URL locate(String library) throws IOException {
    String resource = platform.resourceDirectory() + library;
    URL url = find(resource);
    if (url == null) {
      throw new CblasLoadException(
          "no "
              + resource
              + " on the class path or the module path; add org.bytedeco:openblas with classifier "
              + platform.name()
              + " to the application's dependencies, or "
              + OpenBlas.NAME_ANOTHER);
    }
    return url;
  }

  private @Nullable URL find(String resource) throws IOException {
    URL url = loader.getResource(resource);
    return url != null ? url : findOnModulePath(resource);
  }

  /**
   * Looks into the modules that are on the module path but were not resolved. The native jar is one
   * of them in a modular application: nothing requires it, and resolving it would also demand the
   * Java wrapper that it requires in its turn.
   */
  private static @Nullable URL findOnModulePath(String resource) throws IOException {
    String modulePath = System.getProperty("jdk.module.path", "");
    Path[] entries =
        Arrays.stream(modulePath.split(File.pathSeparator))
            .filter(entry -> !entry.isEmpty())
            .map(Path::of)
            .toArray(Path[]::new);
    for (Path entry : entries) {
      try {
        for (ModuleReference module : ModuleFinder.of(entry).findAll()) {
          if (module.descriptor().name().startsWith("org.bytedeco.openblas")) {
            try (var reader = module.open()) {
              var uri = reader.find(resource);
              if (uri.isPresent()) {
                return uri.get().toURL();
              }
            }
          }
        }
      } catch (FindException unreadable) {
        // An entry that is no module path entry to Java has no native jar in it either.
      }
    }
    return null;
  }
}
