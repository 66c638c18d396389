package org.panagrad.openblas;

import java.nio.file.Path;
import java.util.List;
import org.panagrad.openblas.CblasLibrary.Origin;

/** The order of things: choose the files, load them, check the symbols, set the threads, test. */
final class LibraryLoader {
  private LibraryLoader() {}

  static CblasLibrary load() {
    if (CoreType.isForced()) {
      CoreType.current().requireRunnable();
    }
    String property = System.getProperty(OpenBlas.LIBRARY_PROPERTY);
    if (property != null) {
      return loadNamed(property, Origin.PROPERTY, "system property " + OpenBlas.LIBRARY_PROPERTY);
    }
    String variable = System.getenv(OpenBlas.LIBRARY_VARIABLE);
    if (variable != null) {
      return loadNamed(
          variable, Origin.ENVIRONMENT, "environment variable " + OpenBlas.LIBRARY_VARIABLE);
    }
    return loadBundled();
  }

  private static CblasLibrary loadNamed(String value, Origin origin, String namedBy) {
    try {
      Path file = LibraryFile.named(value);
      LibraryFile.load(file);
      return prepare(file, origin);
    } catch (CblasLoadException failure) {
      throw new CblasLoadException(
          "the CBLAS library named by "
              + namedBy
              + ", '"
              + value
              + "', cannot be used: "
              + failure.getMessage()
              + "; name another, or unset it to use the bundled OpenBLAS",
          failure);
    }
  }

  private static CblasLibrary loadBundled() {
    NativePlatform platform = NativePlatform.current();
    List<Path> files =
        new BundledLibraries(
                new NativeJar(platform, LibraryLoader.class.getClassLoader()), UserCache.locate())
            .unpack();
    files.forEach(LibraryFile::load);
    return prepare(files.getLast(), Origin.BUNDLED);
  }

  private static CblasLibrary prepare(Path file, Origin origin) {
    LoadedSymbols symbols = LoadedSymbols.of(file);
    symbols.requireProducts();
    CblasVendor vendor = CblasVendor.of(symbols);
    vendor.requireIntegers32();
    int threads = vendor.useOneThread();
    if (threads > 1) {
      throw new CblasLoadException(
          file + " was told to use one thread per call and answers that it uses " + threads);
    }
    SelfTest.run();
    return vendor.describe(file, origin, threads);
  }
}
