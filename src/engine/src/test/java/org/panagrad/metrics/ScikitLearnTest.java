package org.panagrad.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.panagrad.graph.LossFunction;
import org.panagrad.io.Json;

/** The metrics against those of scikit-learn, which bench/golden/metrics.py has written down. */
class ScikitLearnTest {
  // Both compute in double from the same float32 outputs, over at most 100 rows; a mean around
  // 30000 keeps 11 of the digits of what is near 1, and its square 7.
  private static final double TOLERANCE = 1e-12;
  private static final double FAR_TOLERANCE = 1e-7;

  @TestFactory
  Stream<DynamicTest> everyCase() throws IOException {
    Map<String, Json> file = read();
    return Stream.concat(
        elements(file, "classes").stream()
            .map(c -> DynamicTest.dynamicTest(name(c), () -> checkClasses(members(c)))),
        elements(file, "values").stream()
            .map(c -> DynamicTest.dynamicTest(name(c), () -> checkValues(members(c)))));
  }

  private static void checkClasses(Map<String, Json> c) {
    int classes = (int) number(c.get("classes"));
    LossFunction loss =
        Arrays.stream(LossFunction.values())
            .filter(f -> new Json.Str(f.label()).equals(c.get("loss")))
            .findFirst()
            .orElseThrow();
    int[] labels = elements(c, "labels").stream().mapToInt(l -> (int) number(l)).toArray();
    ClassMetrics metrics = Collected.classes(loss, classes, labels, floats(c, "outputs"));
    assertEquals(labels.length, metrics.examples());
    assertEquals(number(c.get("accuracy")), metrics.accuracy(), TOLERANCE);
    assertEquals(number(c.get("logLoss")), metrics.logLoss(), TOLERANCE);
    ConfusionMatrix confusion = Objects.requireNonNull(metrics.confusion());
    for (int k = 0; k < classes; k++) {
      ClassScores scores = metrics.classes().get(k);
      assertEquals(at(c, "precision", k), scores.precision(), TOLERANCE, "precision " + k);
      assertEquals(at(c, "recall", k), scores.recall(), TOLERANCE, "recall " + k);
      assertEquals(at(c, "f1", k), scores.f1(), TOLERANCE, "F1 " + k);
      assertEquals((long) at(c, "support", k), scores.rows(), "rows " + k);
      assertEquals(at(c, "rocAuc", k), scores.rocAuc(), TOLERANCE, "AUC " + k);
      List<Json> row = ((Json.Arr) elements(c, "confusion").get(k)).elements();
      for (int said = 0; said < classes; said++) {
        assertEquals((long) number(row.get(said)), confusion.count(k, said), k + " as " + said);
      }
    }
    if (c.get("topK") instanceof Json.Arr(var topK)) {
      for (int k = 0; k < topK.size(); k++) {
        assertEquals(number(topK.get(k)), metrics.topK().get(k), TOLERANCE, "top " + (k + 1));
      }
    }
    checkAverages(members(c.get("macro")), metrics.macro());
    checkAverages(members(c.get("weighted")), metrics.weighted());
    checkAverages(members(c.get("micro")), metrics.micro());
  }

  private static void checkAverages(Map<String, Json> expected, Averages averages) {
    assertEquals(number(expected.get("precision")), averages.precision(), TOLERANCE);
    assertEquals(number(expected.get("recall")), averages.recall(), TOLERANCE);
    assertEquals(number(expected.get("f1")), averages.f1(), TOLERANCE);
  }

  private static void checkValues(Map<String, Json> c) {
    double tolerance = name(new Json.Obj(c)).startsWith("far") ? FAR_TOLERANCE : TOLERANCE;
    ValueMetrics metrics = Collected.values(floats(c, "targets"), floats(c, "outputs"));
    assertEquals(number(c.get("rmse")), metrics.rmse(), tolerance);
    assertEquals(number(c.get("mae")), metrics.mae(), tolerance);
    assertEquals(number(c.get("r2")), metrics.r2(), tolerance);
    for (int k = 0; k < metrics.targets().size(); k++) {
      TargetScores scores = metrics.targets().get(k);
      assertEquals(at(c, "rmses", k), scores.rmse(), tolerance);
      assertEquals(at(c, "maes", k), scores.mae(), tolerance);
      assertEquals(at(c, "r2s", k), scores.r2(), tolerance);
    }
  }

  private static Map<String, Json> read() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(ScikitLearnTest.class.getResourceAsStream("scikit-learn.json"))) {
      return members(Json.parse(in.readAllBytes()));
    }
  }

  private static Map<String, Json> members(@Nullable Json json) {
    return ((Json.Obj) Objects.requireNonNull(json)).members();
  }

  private static String name(Json json) {
    return ((Json.Str) Objects.requireNonNull(members(json).get("name"))).value();
  }

  private static List<Json> elements(Map<String, Json> object, String name) {
    return ((Json.Arr) Objects.requireNonNull(object.get(name))).elements();
  }

  private static double at(Map<String, Json> object, String name, int index) {
    return number(elements(object, name).get(index));
  }

  /** What is null in the file is not defined. */
  private static double number(@Nullable Json json) {
    return switch (json) {
      case Json.Real real -> real.value();
      case Json.Int whole -> whole.value();
      case null, default -> Double.NaN;
    };
  }

  private static float[][] floats(Map<String, Json> object, String name) {
    return elements(object, name).stream()
        .map(
            row -> {
              List<Json> values = ((Json.Arr) row).elements();
              float[] floats = new float[values.size()];
              for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) number(values.get(i));
              }
              return floats;
            })
        .toArray(float[][]::new);
  }
}
