package org.panagrad.openblas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class NativePlatformTest {
  @Test
  void namesFollowTheNativeJars() {
    assertEquals("linux-x86_64", NativePlatform.of("Linux", "amd64").name());
    assertEquals("linux-arm64", NativePlatform.of("Linux", "aarch64").name());
    assertEquals("macosx-arm64", NativePlatform.of("Mac OS X", "aarch64").name());
    assertEquals("windows-x86_64", NativePlatform.of("Windows 11", "amd64").name());
  }

  @Test
  void linuxLoadsWhatOpenBlasNeedsBeforeIt() {
    assertEquals(
        List.of("libquadmath.so.0", "libgfortran.so.5", "libopenblas.so.0"),
        NativePlatform.of("Linux", "amd64").libraries());
  }

  @Test
  void otherPlatformIsToldWhatToDo() {
    String message =
        assertThrows(CblasLoadException.class, () -> NativePlatform.of("SunOS", "sparcv9"))
            .getMessage();
    assertTrue(message.contains("sunos-sparcv9"), message);
    assertTrue(message.contains(OpenBlas.LIBRARY_PROPERTY), message);
  }
}
