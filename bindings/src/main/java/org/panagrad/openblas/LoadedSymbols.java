package org.panagrad.openblas;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The symbols of one library that has been loaded.
 *
 * @param library looks into this library and what it depends on, and nowhere else
 * @param bindings looks where the generated bindings look: into every library of their class loader
 */
record LoadedSymbols(Path file, SymbolLookup library, SymbolLookup bindings) {
  /** What the engine asks of any library; of OpenBLAS, on some cores, a transposed copy as well. */
  private static final String NEEDED = "cblas_sgemm";

  static LoadedSymbols of(Path file) {
    return new LoadedSymbols(
        file,
        // Opened for ever: closing would unload a library whose threads may still run.
        SymbolLookup.libraryLookup(file, Arena.global()),
        SymbolLookup.loaderLookup());
  }

  Optional<MemorySegment> find(String symbol) {
    return library.find(symbol);
  }

  boolean has(String symbol) {
    return find(symbol).isPresent();
  }

  /** Binds a function that is there; a null result layout stands for void. */
  NativeFunction function(String symbol, @Nullable MemoryLayout result, MemoryLayout... arguments) {
    FunctionDescriptor descriptor =
        result == null
            ? FunctionDescriptor.ofVoid(arguments)
            : FunctionDescriptor.of(result, arguments);
    return new NativeFunction(
        symbol, Linker.nativeLinker().downcallHandle(find(symbol).orElseThrow(), descriptor));
  }

  /** Checks that products are there and that the bindings will call these. */
  void requireProducts() {
    MemorySegment own =
        find(NEEDED)
            .orElseThrow(
                () -> new CblasLoadException(file + " does not have the function " + NEEDED));
    MemorySegment bound =
        bindings
            .find(NEEDED)
            .orElseThrow(
                () ->
                    new CblasLoadException(file + " hides the function " + NEEDED + " from Java"));
    if (own.address() != bound.address()) {
      throw new CblasLoadException(
          "another library of this class loader also has "
              + NEEDED
              + ", and would be called instead of "
              + file
              + "; give the application one CBLAS library only");
    }
  }
}
