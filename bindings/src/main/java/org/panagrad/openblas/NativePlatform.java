package org.panagrad.openblas;

import java.util.List;
import java.util.Locale;

/**
 * An operating system and processor as the native jars name them.
 *
 * @param name such as {@code linux-x86_64}
 * @param libraries files to load, in this order: libgfortran needs libquadmath but has no run path
 *     to find it by, and libopenblas needs libgfortran
 */
record NativePlatform(String name, List<String> libraries) {
  private static final List<NativePlatform> SUPPORTED =
      List.of(
          new NativePlatform(
              "linux-x86_64", List.of("libquadmath.so.0", "libgfortran.so.5", "libopenblas.so.0")),
          new NativePlatform("linux-arm64", List.of("libgfortran.so.5", "libopenblas.so.0")),
          new NativePlatform("macosx-arm64", List.of("libopenblas.0.dylib")),
          new NativePlatform("windows-x86_64", List.of("libopenblas.dll")));

  static NativePlatform current() {
    return of(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  static NativePlatform of(String osName, String osArch) {
    String name = operatingSystem(osName) + "-" + processor(osArch);
    for (NativePlatform platform : SUPPORTED) {
      if (platform.name.equals(name)) {
        return platform;
      }
    }
    throw new CblasLoadException(
        "no OpenBLAS is bundled for "
            + name
            + " (there are linux-x86_64, linux-arm64, macosx-arm64, windows-x86_64); "
            + OpenBlas.NAME_ANOTHER);
  }

  static List<NativePlatform> supported() {
    return SUPPORTED;
  }

  /** Where the native jar of this platform keeps its libraries. */
  String resourceDirectory() {
    return "org/bytedeco/openblas/" + name + "/";
  }

  private static String operatingSystem(String osName) {
    String lower = osName.toLowerCase(Locale.ROOT);
    if (lower.startsWith("mac")) {
      return "macosx";
    }
    return lower.startsWith("windows") ? "windows" : lower.replace(' ', '-');
  }

  private static String processor(String osArch) {
    return switch (osArch) {
      case "amd64", "x86_64" -> "x86_64";
      case "aarch64", "arm64" -> "arm64";
      default -> osArch;
    };
  }
}
