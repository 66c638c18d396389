package org.panagrad.openblas;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The directory where Panagrad keeps, per user, what it need not fetch or unpack again.
 *
 * @param directory absolute; it need not exist yet
 * @param chosenBy what made it this directory, for messages
 */
public record UserCache(Path directory, String chosenBy) {
  /** Names the cache directory; wins over the environment variable. */
  public static final String PROPERTY = "panagrad.cache.dir";

  /** Names the cache directory. */
  public static final String VARIABLE = "PANAGRAD_CACHE_DIR";

  /**
   * Finds the place: {@value #PROPERTY}, then {@value #VARIABLE}, then the custom of the operating
   * system (on Linux {@code $XDG_CACHE_HOME/panagrad} or {@code ~/.cache/panagrad}).
   *
   * @throws CblasLoadException if what names it is no absolute path
   */
  public static UserCache locate() {
    return locate(System::getProperty, System::getenv);
  }

  static UserCache locate(
      Function<String, @Nullable String> property, Function<String, @Nullable String> variable) {
    String named = property.apply(PROPERTY);
    if (named != null) {
      return new UserCache(absolute(named, PROPERTY), PROPERTY);
    }
    named = variable.apply(VARIABLE);
    if (named != null) {
      return new UserCache(absolute(named, VARIABLE), VARIABLE);
    }
    return customary(property, variable);
  }

  private static UserCache customary(
      Function<String, @Nullable String> property, Function<String, @Nullable String> variable) {
    String os = text(property.apply("os.name")).toLowerCase(Locale.ROOT);
    // A container without a home directory for its user has "?" here.
    String home = text(property.apply("user.home"));
    if (os.startsWith("windows")) {
      String local = text(variable.apply("LOCALAPPDATA"));
      return local.isEmpty()
          ? new UserCache(
              absolute(home, "user.home").resolve("AppData/Local/panagrad"), "user.home")
          : new UserCache(absolute(local, "LOCALAPPDATA").resolve("panagrad"), "LOCALAPPDATA");
    }
    if (os.startsWith("mac")) {
      return new UserCache(
          absolute(home, "user.home").resolve("Library/Caches/panagrad"), "user.home");
    }
    String xdg = text(variable.apply("XDG_CACHE_HOME"));
    // Its specification says that a relative path there is to be ignored.
    return xdg.startsWith("/")
        ? new UserCache(absolute(xdg, "XDG_CACHE_HOME").resolve("panagrad"), "XDG_CACHE_HOME")
        : new UserCache(absolute(home, "user.home").resolve(".cache/panagrad"), "user.home");
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static Path absolute(String value, String name) {
    try {
      Path path = Path.of(value);
      if (path.isAbsolute()) {
        return path.normalize();
      }
    } catch (InvalidPathException malformed) {
      // Reported below like any other value that is no absolute path.
    }
    throw new CblasLoadException(
        "no cache directory: "
            + name
            + " is '"
            + value
            + "', an absolute path is expected; set -D"
            + PROPERTY
            + " or "
            + VARIABLE);
  }
}
