package org.panagrad;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The order of the packages, and who may import what. */
class ArchitectureTest {
  /** A package uses itself and those before it. */
  private static final List<String> ORDER =
      List.of(
          "random", "file", "memory", "kernel", "blas", "graph", "plan", "nn", "optim", "data",
          "table", "metrics", "train", "infer", "io", "doctor", "sweep");

  private static JavaClasses engine;

  @BeforeAll
  static void importEngine() {
    // By directory: the classes under test are a patched module, not entries of the class path.
    engine = new ClassFileImporter().importPath(Path.of("target", "classes"));
    assertFalse(engine.isEmpty(), "no class found, so no rule was checked");
  }

  @Test
  void everyClassLivesInAPackageOfTheOrder() {
    classes().should().resideInAnyPackage(inOrder(ORDER.stream())).check(engine);
  }

  static IntStream packages() {
    return IntStream.range(0, ORDER.size() - 1);
  }

  @ParameterizedTest
  @MethodSource("packages")
  void aPackageUsesNoneAfterIt(int position) {
    noClasses()
        .that()
        .resideInAPackage(name(ORDER.get(position)))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(inOrder(ORDER.stream().skip(position + 1)))
        .allowEmptyShould(true)
        .check(engine);
  }

  @Test
  void onlyBlasImportsTheBindings() {
    onlyPackageThatUses("org.panagrad.openblas", "blas");
    onlyPackageThatUses("org.panagrad.openblas.cblas", "blas");
  }

  @Test
  void onlyKernelReadsMemoryByAddress() {
    onlyPackageThatUses("org.panagrad.openblas.memory", "kernel");
  }

  @Test
  void onlyKernelImportsTheVectorApi() {
    onlyPackageThatUses("jdk.incubator.vector..", "kernel");
  }

  @Test
  void loopsOfKernelsKnowTheirMemory() {
    // A segment that comes as a parameter is slow as soon as others use arrays: see OffHeap.
    methods()
        .that()
        .areDeclaredInClassesThat()
        .haveNameMatching(".*\\.kernel\\.(Vector|Scalar)[A-Z].*")
        .should()
        .notHaveRawParameterTypes(
            DescribedPredicate.describe(
                "with a segment",
                types -> types.stream().anyMatch(t -> t.isEquivalentTo(MemorySegment.class))))
        .check(engine);
  }

  private static void onlyPackageThatUses(String used, String user) {
    noClasses()
        .that()
        .resideOutsideOfPackage(name(user))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(used)
        .allowEmptyShould(true)
        .check(engine);
  }

  @Test
  void noPackageIsNamedForNothing() {
    noClasses()
        .should()
        .resideInAnyPackage("..util..", "..common..", "..manager..", "..helper..")
        .check(engine);
  }

  private static String[] inOrder(Stream<String> packages) {
    return packages.map(ArchitectureTest::name).toArray(String[]::new);
  }

  private static String name(String name) {
    return "org.panagrad." + name + "..";
  }
}
