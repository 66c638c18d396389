package org.panagrad.openblas;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.panagrad.openblas.CblasLibrary.Origin;
import org.panagrad.openblas.cblas.Cblas;

/** OpenBLAS, through the generated bindings. */
record OpenBlasVendor() implements CblasVendor {
  private static final Pattern VERSION = Pattern.compile("OpenBLAS\\s+(\\S+)");

  @Override
  public void requireIntegers32() {
    if (config().contains("USE64BITINT")) {
      throw new CblasLoadException("it is an OpenBLAS built for 64-bit integers; 32-bit expected");
    }
  }

  @Override
  public int useOneThread() {
    if (Cblas.openblas_get_parallel() == Cblas.OPENBLAS_OPENMP()
        && !"1".equals(System.getenv("OMP_NUM_THREADS"))) {
      // OpenMP keeps this setting per calling thread, so no one call can make it for all.
      throw new CblasLoadException(
          "it is an OpenBLAS built on OpenMP, which takes its threads from OMP_NUM_THREADS;"
              + " set OMP_NUM_THREADS=1");
    }
    if (Cblas.openblas_get_num_threads() != 1) {
      Cblas.openblas_set_num_threads(1);
    }
    return Cblas.openblas_get_num_threads();
  }

  @Override
  public CblasLibrary describe(Path file, Origin origin, int threads) {
    String config = config();
    return new CblasLibrary(
        file.toString(),
        origin,
        true,
        version(config),
        config,
        Cblas.openblas_get_corename().getString(0),
        threads);
  }

  static String version(String config) {
    Matcher matcher = VERSION.matcher(config);
    return matcher.find() ? matcher.group(1) : UNKNOWN;
  }

  private static String config() {
    return Cblas.openblas_get_config().getString(0).strip();
  }
}
