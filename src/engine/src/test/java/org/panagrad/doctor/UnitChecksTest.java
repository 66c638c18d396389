package org.panagrad.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;
import static org.panagrad.nn.Layers.sigmoid;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.panagrad.data.Dataset;
import org.panagrad.nn.Layer;
import org.panagrad.nn.Network;
import org.panagrad.nn.Parameter;
import org.panagrad.train.Problems;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

class UnitChecksTest {
  private interface Damage {
    void to(TrainingSession session);
  }

  private static Diagnosis look(Layer activation, Damage damage) {
    Network network = Network.of(5, dense(20), activation, dense(10), activation, dense(3));
    Findings findings = new Findings();
    TrainingOptions options = TrainingOptions.defaults().batchSize(16).threads(1).partitions(1);
    try (Dataset data = Problems.clouds(64, 5, 3, 1);
        TrainingSession session = TrainingSession.open(network, data, options)) {
      damage.to(session);
      DoubleForward at =
          DoubleForward.predicting(
              network.graph(), session.stateDict(), options.loss(), SampleRows.draw(data, 40, 1));
      new UnitChecks(network.graph(), at, "now", findings).run();
    }
    return findings.diagnosis();
  }

  private static void fill(Parameter parameter, float value) {
    float[] all = new float[parameter.elements()];
    Arrays.fill(all, value);
    parameter.set(all);
  }

  private static Severity severity(Diagnosis diagnosis, String check) {
    return diagnosis.of(check).getFirst().severity();
  }

  @Test
  void unitsAreWellUnlessTold() {
    assertTrue(look(relu(), session -> {}).isHealthy());
    assertTrue(look(sigmoid(), session -> {}).isHealthy());
  }

  @Test
  void aLargeNegativeBiasKillsRelus() {
    Diagnosis diagnosis = look(relu(), session -> fill(session.parameter("fc2.bias"), -100));
    assertEquals(Severity.PROBLEM, severity(diagnosis, "dead units"));
    assertEquals(1, diagnosis.of("dead units").getFirst().value());
    String text = diagnosis.of("dead units").getFirst().text();
    assertTrue(text.contains("(relu2 10 of 10)"), text);
  }

  @Test
  void someDeadUnitsAreNoted() {
    Diagnosis diagnosis =
        look(
            relu(),
            session -> {
              Parameter bias = session.parameter("fc1.bias");
              float[] some = bias.toArray();
              Arrays.fill(some, 0, 8, -100);
              Arrays.fill(some, 8, 20, 10);
              bias.set(some);
            });
    assertEquals(Severity.NOTE, severity(diagnosis, "dead units"));
    assertEquals(8.0 / 20, diagnosis.of("dead units").getFirst().value());
  }

  @Test
  void aLargeBiasSaturatesSigmoids() {
    Diagnosis diagnosis = look(sigmoid(), session -> fill(session.parameter("fc1.bias"), 30));
    assertEquals(Severity.PROBLEM, severity(diagnosis, "saturation"));
    assertEquals(1, diagnosis.of("saturation").getFirst().value());
  }

  @Test
  void activationsOutOfScaleAreNamed() {
    Diagnosis large = look(relu(), session -> fill(session.parameter("fc1.bias"), 1e5f));
    assertEquals(Severity.PROBLEM, severity(large, "activations"));
    assertTrue(large.of("activations").getFirst().text().contains("fc1 1.0e+05"), large::toString);
    Diagnosis small =
        look(
            relu(),
            session -> {
              fill(session.parameter("fc2.weight"), 1e-9f);
              fill(session.parameter("fc2.bias"), 0);
            });
    assertEquals(Severity.PROBLEM, severity(small, "activations"));
  }

  @Test
  void gradientsAreComparedFirstToLast() {
    assertEquals(Severity.OK, fading(1, 1));
    assertEquals(Severity.NOTE, fading(5e-3, 1));
    assertEquals(Severity.PROBLEM, fading(1e-4, 1));
    assertEquals(Severity.NOTE, fading(500, 1));
    assertEquals(Severity.PROBLEM, fading(5000, 1));
    assertEquals(Severity.PROBLEM, fading(0, 0));
  }

  private static Severity fading(double first, double last) {
    Map<String, Double> norms = new LinkedHashMap<>();
    norms.put("fc1", first);
    norms.put("fc2", 1.0);
    norms.put("fc3", last);
    Findings findings = new Findings();
    TrialTraining.fading(norms, findings);
    return severity(findings.diagnosis(), "gradients");
  }
}
