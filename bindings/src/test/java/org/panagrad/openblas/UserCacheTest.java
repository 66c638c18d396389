package org.panagrad.openblas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the paths are those of Unix")
class UserCacheTest {
  private static final Map<String, String> LINUX =
      Map.of("os.name", "Linux", "user.home", "/home/ada");

  @Test
  void propertyWinsOverVariable() {
    Map<String, String> properties = Map.of("panagrad.cache.dir", "/a", "user.home", "/home/ada");
    assertCache("/a", properties, Map.of("PANAGRAD_CACHE_DIR", "/b"));
    assertCache("/b", LINUX, Map.of("PANAGRAD_CACHE_DIR", "/b", "XDG_CACHE_HOME", "/c"));
  }

  @Test
  void customOfEachOperatingSystem() {
    assertCache("/c/panagrad", LINUX, Map.of("XDG_CACHE_HOME", "/c"));
    assertCache("/home/ada/.cache/panagrad", LINUX, Map.of("XDG_CACHE_HOME", "relative"));
    assertCache("/home/ada/.cache/panagrad", LINUX, Map.of());
    assertCache(
        "/Users/ada/Library/Caches/panagrad",
        Map.of("os.name", "Mac OS X", "user.home", "/Users/ada"),
        Map.of());
    assertCache(
        "/local/panagrad",
        Map.of("os.name", "Windows 11", "user.home", "/home/ada"),
        Map.of("LOCALAPPDATA", "/local"));
  }

  @Test
  void relativeOrMissingPlaceIsRefusedByName() {
    assertRefused("PANAGRAD_CACHE_DIR", LINUX, Map.of("PANAGRAD_CACHE_DIR", "cache"));
    assertRefused("PANAGRAD_CACHE_DIR", LINUX, Map.of("PANAGRAD_CACHE_DIR", ""));
    assertRefused("panagrad.cache.dir", Map.of("panagrad.cache.dir", "\0"), Map.of());
    assertRefused("user.home", Map.of("os.name", "Linux", "user.home", "?"), Map.of());
  }

  private static void assertCache(
      String expected, Map<String, String> properties, Map<String, String> variables) {
    assertEquals(
        expected, UserCache.locate(properties::get, variables::get).directory().toString());
  }

  private static void assertRefused(
      String name, Map<String, String> properties, Map<String, String> variables) {
    String message =
        assertThrows(
                CblasLoadException.class, () -> UserCache.locate(properties::get, variables::get))
            .getMessage();
    assertTrue(message.startsWith("no cache directory: " + name), message);
  }
}
