package org.panagrad.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;
import static org.panagrad.nn.Layers.sigmoid;
import static org.panagrad.nn.Layers.tanh;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.data.Digits;
import org.panagrad.data.Mnist;
import org.panagrad.data.TrainTest;
import org.panagrad.nn.Initializer;
import org.panagrad.nn.Layer;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Sgd;
import org.panagrad.random.SeededRandom;
import org.panagrad.train.TrainingOptions;

/** Each check finds its own disease, and the healthy are left in peace. */
class DoctorTest {
  private static final TrainingOptions OPTIONS =
      TrainingOptions.defaults().optimizer(new Adam(1e-3f)).batchSize(32).threads(2).partitions(2);

  private static final int FEATURES = 6;
  private static final int ROWS = 400;

  /** Features of spread 1, of which the first decides the class, with some doubt. */
  private static float[][] features(String purpose) {
    SeededRandom random = SeededRandom.of(7, purpose);
    float[][] x = new float[ROWS][FEATURES];
    for (float[] row : x) {
      for (int i = 0; i < FEATURES; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    return x;
  }

  private static int[] labels(float[][] x) {
    return Arrays.stream(x).mapToInt(row -> row[0] + 0.1 * row[1] > 0 ? 1 : 0).toArray();
  }

  private static Dataset classes(float[][] x) {
    return Dataset.ofClasses("rows", x, labels(x), 2);
  }

  private static Network network() {
    return Network.of(FEATURES, dense(32), relu(), dense(16), relu(), dense(2));
  }

  private static Diagnosis examine(Dataset train, Dataset test) {
    return Doctor.defaults().examine(network(), train, test, OPTIONS);
  }

  private static void assertHealthy(Diagnosis diagnosis) {
    assertTrue(diagnosis.isHealthy(), diagnosis::toString);
  }

  private static Finding assertProblem(Diagnosis diagnosis, String check, String text) {
    Finding found =
        diagnosis.of(check).stream()
            .filter(f -> f.severity() == Severity.PROBLEM)
            .findFirst()
            .orElseThrow(() -> new AssertionError("no problem of " + check + " in " + diagnosis));
    assertTrue(found.text().contains(text), found.text());
    assertEquals(1, found.text().lines().count());
    assertFalse(diagnosis.isHealthy());
    return found;
  }

  @Test
  void theHealthyAreHealthy() {
    try (Dataset train = classes(features("train"));
        Dataset test = classes(features("test"))) {
      Diagnosis diagnosis = examine(train, test);
      assertHealthy(diagnosis);
      assertEquals(0, diagnosis.count(Severity.NOTE), diagnosis::toString);
      for (String check :
          new String[] {
            "labels", "constant features", "feature scale", "extreme values", "duplicates", "size",
            "weights", "first loss", "activations", "dead units", "gradients", "updates",
            "training", "learning rate", "one batch", "gradient check"
          }) {
        assertFalse(diagnosis.of(check).isEmpty(), check);
      }
      assertEquals(diagnosis, examine(train, test));
    }
  }

  @Test
  void digitsAreHealthy() {
    try (Dataset train = Digits.train();
        Dataset test = Digits.test()) {
      Network network = Network.of(784, dense(64), relu(), dense(10));
      assertHealthy(Doctor.defaults().examine(network, train, test, OPTIONS.batchSize(128)));
    }
  }

  @Test
  void mnistIsHealthy() {
    String directory = System.getenv("PANAGRAD_DATA_DIR");
    Assumptions.assumeTrue(directory != null, "PANAGRAD_DATA_DIR is not set: no MNIST");
    try (TrainTest mnist = Mnist.load(Path.of(directory, "mnist"))) {
      Network network = Network.of(784, dense(64), relu(), dense(10));
      Diagnosis diagnosis =
          Doctor.defaults().examine(network, mnist.train(), mnist.test(), OPTIONS.batchSize(128));
      assertHealthy(diagnosis);
      assertEquals(67, diagnosis.of("constant features").getFirst().value());
    }
  }

  @Test
  void aRegressionIsHealthy() {
    float[][] x = features("values");
    float[][] t = new float[ROWS][1];
    for (int r = 0; r < ROWS; r++) {
      t[r][0] = 3 + x[r][0] * x[r][1] + x[r][2];
    }
    try (Dataset train = Dataset.ofValues("values", x, t)) {
      Network network = Network.of(FEATURES, dense(64), tanh(), dense(1));
      TrainingOptions options = OPTIONS.loss(Losses.meanSquaredError()).optimizer(new Adam(0.01f));
      assertHealthy(Doctor.defaults().examine(network, train, null, options));
    }
  }

  @Test
  void aSingleLogitIsHealthy() {
    try (Dataset train = classes(features("train"))) {
      Network network = Network.of(FEATURES, dense(32), relu(), dense(1));
      TrainingOptions options = OPTIONS.loss(Losses.binaryCrossEntropy());
      assertHealthy(Doctor.defaults().examine(network, train, null, options));
    }
  }

  /** Ten rows over and over, of which those of even numbers have the other class. */
  private static float[][] tenRows() {
    float[][] ten = features("train");
    float[][] x = new float[ROWS][];
    for (int row = 0; row < ROWS; row++) {
      x[row] = ten[row / 2 % 10];
    }
    return x;
  }

  private static int[] contradicted(float[][] x) {
    int[] labels = labels(x);
    for (int row = 0; row < ROWS; row += 2) {
      labels[row] = 1 - labels[row];
    }
    return labels;
  }

  /** Rows that count nothing may be as wrong as they like, and their answers are not asked for. */
  @Test
  void rowsThatWeighNothingAreNotLearned() {
    float[][] x = tenRows();
    int[] labels = contradicted(x);
    try (Dataset weighed = weighed(x, labels, row -> row % 2 == 0 ? 0 : 1);
        Dataset contradictory = Dataset.ofClasses("contradictory", x, labels, 2)) {
      assertHealthy(Doctor.defaults().examine(network(), weighed, null, OPTIONS));
      assertProblem(
          Doctor.defaults().examine(network(), contradictory, null, OPTIONS),
          "one batch",
          "are equal rows labelled differently?");
    }
  }

  /** The rows that count are learned by heart, whatever becomes of those that hardly do. */
  @Test
  void rowsThatHardlyWeighMayStayWrong() {
    float[][] x = tenRows();
    int[] labels = contradicted(x);
    TrainingOptions options = OPTIONS.optimizer(new Adam(0.01f));
    try (Dataset weighed = weighed(x, labels, row -> row % 2 == 0 ? 1e-6f : 1)) {
      Diagnosis diagnosis = Doctor.defaults().examine(network(), weighed, null, options);
      assertHealthy(diagnosis);
      assertEquals(Severity.OK, diagnosis.of("gradient check").getFirst().severity());
    }
  }

  @Test
  void aSingleClassAmongTheRowsThatWeighAnything() {
    float[][] x = features("train");
    int[] labels = labels(x);
    try (Dataset weighed = weighed(x, labels, row -> labels[row])) {
      Diagnosis diagnosis = Doctor.defaults().examine(network(), weighed, null, OPTIONS);
      int ones = Arrays.stream(labels).sum();
      assertProblem(diagnosis, "labels", "all " + ones + " rows that weigh anything are class 1");
      assertTrue(diagnosis.of("training").getFirst().text().startsWith("not tried"));
    }
  }

  private static Dataset weighed(float[][] x, int[] labels, IntToDoubleFunction weight) {
    try (DatasetBuilder builder = DatasetBuilder.classes("weighed", FEATURES)) {
      for (int row = 0; row < x.length; row++) {
        builder.addRow(x[row], labels[row]);
        builder.addWeight((float) weight.applyAsDouble(row));
      }
      return builder.build(2);
    }
  }

  @Test
  void unscaledFeatures() {
    float[][] x = features("train");
    int[] labels = labels(x);
    for (float[] row : x) {
      row[3] = 40_000 + 10_000 * row[3];
    }
    try (Dataset train = Dataset.ofClasses("incomes", x, labels, 2)) {
      Diagnosis diagnosis = examine(train, train.subset(0, 1));
      assertProblem(diagnosis, "feature scale", "1 of 6 features are far from 1 (feature[3])");
      assertProblem(diagnosis, "first loss", "sure of wrong answers");
    }
  }

  @Test
  void aSingleClass() {
    try (Dataset train = Dataset.ofClasses("alike", features("train"), new int[ROWS], 2)) {
      Diagnosis diagnosis = Doctor.defaults().examine(network(), train, null, OPTIONS);
      assertProblem(diagnosis, "labels", "all 400 rows are class 0");
      assertTrue(diagnosis.of("training").getFirst().text().startsWith("not tried"));
    }
  }

  @Test
  void anOverwhelmingMajority() {
    int[] labels = new int[ROWS];
    labels[17] = 1;
    labels[200] = 1;
    try (Dataset train = Dataset.ofClasses("rare", features("train"), labels, 2)) {
      Diagnosis diagnosis = Doctor.defaults().examine(network(), train, null, OPTIONS);
      assertProblem(diagnosis, "labels", "always saying class 0 is right in 99.5 %");
    }
  }

  @Test
  void aClassThatIsOnlyTested() {
    float[][] x = features("train");
    int[] tested = labels(features("test"));
    tested[5] = 2;
    try (Dataset train = Dataset.ofClasses("train", x, labels(x), 3);
        Dataset test = Dataset.ofClasses("test", features("test"), tested, 3)) {
      Network network = Network.of(FEATURES, dense(32), relu(), dense(3));
      Diagnosis diagnosis = Doctor.defaults().examine(network, train, test, OPTIONS);
      assertProblem(diagnosis, "labels", "no row to train on is class 2, but 1 to test on are");
    }
  }

  @Test
  void testRowsThatWereTrainedOn() {
    float[][] x = features("train");
    float[][] y = features("test");
    System.arraycopy(x, 100, y, 0, 40);
    try (Dataset train = classes(x);
        Dataset test = classes(y)) {
      Finding found =
          assertProblem(examine(train, test), "duplicates", "40 of 400 test rows (10.0 %)");
      assertEquals(0.1, found.value());
    }
  }

  @Test
  void anExtremeValue() {
    float[][] x = features("train");
    int[] labels = labels(x);
    x[321][2] = 9_999_999;
    try (Dataset train = Dataset.ofClasses("typing error", x, labels, 2)) {
      Diagnosis diagnosis = Doctor.defaults().examine(network(), train, null, OPTIONS);
      assertProblem(diagnosis, "extreme values", "feature[2] goes from");
    }
  }

  @Test
  void featuresThatAreAllTheSame() {
    float[][] x = new float[ROWS][FEATURES];
    int[] labels = new int[ROWS];
    for (int r = 0; r < ROWS; r++) {
      labels[r] = r % 2;
    }
    try (Dataset train = Dataset.ofClasses("empty", x, labels, 2)) {
      Diagnosis diagnosis = Doctor.defaults().examine(network(), train, null, OPTIONS);
      assertProblem(diagnosis, "constant features", "all 6 features are the same in every row");
      Finding batch = assertProblem(diagnosis, "one batch", "not with adam either");
      assertTrue(batch.text().contains("50 % of 32 rows right") || batch.value() > 0.6);
    }
  }

  @Test
  void targetsThatAreFarAwayOrAllTheSame() {
    float[][] x = features("prices");
    float[][] t = new float[ROWS][1];
    for (int r = 0; r < ROWS; r++) {
      t[r][0] = 250_000 + 80_000 * x[r][0];
    }
    Network network = Network.of(FEATURES, dense(16), relu(), dense(1));
    TrainingOptions options = OPTIONS.loss(Losses.meanSquaredError());
    try (Dataset train = Dataset.ofValues("prices", x, t);
        Dataset same = Dataset.ofValues("same", x, new float[ROWS][1])) {
      Diagnosis far = Doctor.defaults().examine(network, train, null, options);
      assertProblem(far, "targets", "standardise it");
      Diagnosis constant = Doctor.defaults().examine(network, same, null, options);
      assertProblem(constant, "targets", "the target is 0.000 in all 400 rows");
    }
  }

  @Test
  void aLearningRateOfAThousand() {
    try (Dataset train = classes(features("train"))) {
      TrainingOptions options = OPTIONS.optimizer(new Sgd(1_000));
      Diagnosis diagnosis = Doctor.defaults().examine(network(), train, null, options);
      assertProblem(diagnosis, "training", "learning rate 1000.0");
      Finding rate = diagnosis.of("learning rate").getFirst();
      assertEquals(Severity.NOTE, rate.severity());
      assertTrue(rate.text().contains("which is much smaller"), rate.text());
      assertProblem(diagnosis, "one batch", "adam with learning rate 0.001 does it");
    }
  }

  @Test
  void aLearningRateThatIsAlmostNothing() {
    try (Dataset train = classes(features("train"))) {
      TrainingOptions options = OPTIONS.optimizer(new Sgd(1e-8f));
      Diagnosis diagnosis = Doctor.defaults().examine(network(), train, null, options);
      assertProblem(diagnosis, "updates", "they stand still");
      assertProblem(diagnosis, "one batch", "adam with learning rate 0.001 does it");
      assertEquals(Severity.NOTE, diagnosis.of("training").getFirst().severity());
    }
  }

  @Test
  void weightsThatAreAllTheSame() {
    try (Dataset train = classes(features("train"))) {
      Diagnosis diagnosis =
          Doctor.defaults()
              .examine(network().initializedBy(Initializer.ZEROS), train, null, OPTIONS);
      assertProblem(diagnosis, "weights", "fc1.weight, fc2.weight");
    }
  }

  @Test
  void gradientsThatVanish() {
    Layer[] layers = new Layer[17];
    for (int i = 0; i < 16; i += 2) {
      layers[i] = dense(16);
      layers[i + 1] = sigmoid();
    }
    layers[16] = dense(2);
    try (Dataset train = classes(features("train"))) {
      Diagnosis diagnosis =
          Doctor.defaults().examine(Network.of(FEATURES, layers), train, null, OPTIONS);
      assertProblem(diagnosis, "gradients", "they vanish on the way back");
    }
  }

  @Test
  void weightsThatSaturate() {
    float[][] x = features("train");
    for (float[] row : x) {
      row[4] *= 4;
      row[5] *= 4;
    }
    try (Dataset train = classes(x)) {
      Network network = Network.of(FEATURES, dense(32), tanh(), dense(2));
      Diagnosis diagnosis =
          Doctor.defaults()
              .examine(network.initializedBy(Initializer.NORMAL), train, null, OPTIONS);
      assertProblem(diagnosis, "saturation", "at its ends");
    }
  }

  @Test
  void moreParametersThanTheRowsCanTeach() {
    try (Dataset few = classes(features("train")).subset(0, 40)) {
      Network network = Network.of(FEATURES, dense(1_000), relu(), dense(2));
      Diagnosis diagnosis = Doctor.defaults().examine(network, few, null, OPTIONS);
      assertEquals(Severity.NOTE, diagnosis.of("size").getFirst().severity());
    }
  }

  @Test
  void isGivenUpWhenTold() {
    AtomicInteger calls = new AtomicInteger();
    try (Dataset train = classes(features("train"))) {
      assertThrows(
          CancellationException.class,
          () ->
              Doctor.defaults()
                  .examine(
                      network(),
                      train,
                      null,
                      OPTIONS,
                      () -> {
                        if (calls.incrementAndGet() > 50) {
                          throw new CancellationException("enough");
                        }
                      }));
    }
    assertEquals(51, calls.get());
  }

  @Test
  void stepsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new Doctor(0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Doctor(1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> Doctor.defaults().withBatchSteps(-1));
  }
}
