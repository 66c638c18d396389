package org.panagrad.openblas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnownLibrariesTest {
  private static final KnownLibraries NONE = new KnownLibraries(Map.of());

  @Test
  void tableIsOfTheJarInUse() throws IOException {
    NativePlatform platform = NativePlatform.current();
    NativeJar jar = new NativeJar(platform, KnownLibrariesTest.class.getClassLoader());
    for (String library : platform.libraries()) {
      assertEquals(
          jar.digest(library, NONE),
          jar.digest(library, KnownLibraries.read()),
          "natives.txt is of another version of OpenBLAS: run scripts/generate-bindings");
    }
  }

  @Test
  void unknownVersionIsNotTakenForAKnownOne() throws IOException {
    NativePlatform platform = NativePlatform.current();
    String library = platform.libraries().getLast();
    assertEquals(
        Optional.empty(), KnownLibraries.read().digest(platform, library, 123L, 37_539_016L));
  }

  @Test
  void everySupportedPlatformIsInTheTable() throws IOException {
    for (NativePlatform platform : NativePlatform.supported()) {
      for (String library : platform.libraries()) {
        assertEquals(
            1,
            KnownLibraries.read().digests().keySet().stream()
                .filter(known -> known.endsWith(" " + platform.name() + "/" + library))
                .count(),
            platform.name() + "/" + library);
      }
    }
  }
}
