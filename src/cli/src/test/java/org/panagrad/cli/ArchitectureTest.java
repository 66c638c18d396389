package org.panagrad.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The order of the command's packages. */
class ArchitectureTest {
  private static final String ROOT = "org.panagrad.cli";

  /** A package uses itself and those before it; the root, where the way in is, uses all. */
  private static final List<String> ORDER =
      List.of("terminal", "option", "data", "output", "command");

  private static JavaClasses command;

  @BeforeAll
  static void importCommand() {
    // By directory: the classes under test are a patched module, not entries of the class path.
    command = new ClassFileImporter().importPath(Path.of("target", "classes"));
    assertFalse(command.isEmpty(), "no class found, so no rule was checked");
  }

  @Test
  void everyClassLivesInAPackageOfTheOrder() {
    classes()
        .should()
        .resideInAnyPackage(Stream.concat(Stream.of(ROOT), packages(ORDER)).toArray(String[]::new))
        .check(command);
  }

  static IntStream positions() {
    return IntStream.range(0, ORDER.size());
  }

  @ParameterizedTest
  @MethodSource("positions")
  void aPackageUsesNoneAfterIt(int position) {
    noClasses()
        .that()
        .resideInAPackage(name(ORDER.get(position)))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            Stream.concat(Stream.of(ROOT), packages(ORDER.subList(position + 1, ORDER.size())))
                .toArray(String[]::new))
        .check(command);
  }

  private static Stream<String> packages(List<String> names) {
    return names.stream().map(ArchitectureTest::name);
  }

  private static String name(String name) {
    return ROOT + "." + name + "..";
  }
}
