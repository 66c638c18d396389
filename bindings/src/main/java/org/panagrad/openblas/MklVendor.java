package org.panagrad.openblas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.panagrad.openblas.CblasLibrary.Origin;

/** Intel oneMKL, through the service functions of its single dynamic library. */
record MklVendor(LoadedSymbols symbols) implements CblasVendor {
  private static final Pattern VERSION = Pattern.compile("Version\\s+(\\S+)");
  private static final int VERSION_BYTES = 256;

  @Override
  public void requireIntegers32() {
    String layer = System.getenv("MKL_INTERFACE_LAYER");
    if (layer != null && layer.contains("ILP64")) {
      throw new CblasLoadException(
          "MKL_INTERFACE_LAYER=" + layer + " selects 64-bit integers; set it to LP64");
    }
  }

  @Override
  public int useOneThread() {
    symbols.function("MKL_Set_Num_Threads", null, JAVA_INT).call(1);
    return symbols.has("MKL_Get_Max_Threads")
        ? (int) symbols.function("MKL_Get_Max_Threads", JAVA_INT).call()
        : 0;
  }

  @Override
  public CblasLibrary describe(Path file, Origin origin, int threads) {
    String config = config();
    Matcher version = VERSION.matcher(config);
    return new CblasLibrary(
        file.toString(),
        origin,
        false,
        version.find() ? version.group(1) : UNKNOWN,
        config,
        UNKNOWN,
        threads);
  }

  private String config() {
    if (!symbols.has("MKL_Get_Version_String")) {
      return UNKNOWN;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(VERSION_BYTES);
      symbols
          .function("MKL_Get_Version_String", null, ADDRESS, JAVA_INT)
          .call(text, VERSION_BYTES - 1);
      return text.getString(0).strip();
    }
  }
}
