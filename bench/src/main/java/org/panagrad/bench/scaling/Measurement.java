package org.panagrad.bench.scaling;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.panagrad.bench.measure.Rounds;
import org.panagrad.bench.measure.Sample;
import org.panagrad.bench.problem.Problem;
import org.panagrad.data.Dataset;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/**
 * Sessions of all problems, open at once and measured in turn. Problems of one list with as many
 * inputs read the same rows, so that no batch size has its data in a nearer cache than another.
 */
final class Measurement implements AutoCloseable {
  private final List<Problem> problems;
  private final Map<Integer, Dataset> data = new HashMap<>(); // by inputs
  private final List<TrainingSession> sessions = new ArrayList<>();

  /**
   * @param rows of data: at least the largest batch
   */
  Measurement(List<Problem> problems, int rows) {
    this.problems = problems;
    for (Problem problem : problems) {
      Dataset rowsOfNoise =
          data.computeIfAbsent(problem.widths().getFirst(), inputs -> problem.noise(rows));
      sessions.add(
          TrainingSession.open(
              problem.network(),
              rowsOfNoise,
              TrainingOptions.defaults()
                  .loss(problem.loss())
                  .optimizer(problem.optimizer())
                  .batchSize(problem.batch())
                  .shuffle(false)));
    }
  }

  List<Point> measure(Rounds rounds) {
    List<Sample> samples = rounds.nanos(sessions.stream().map(s -> (Runnable) s::step).toList());
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      points.add(new Point(problems.get(i), samples.get(i)));
    }
    return points;
  }

  /** "OpenBLAS 0.3.31 core Cooperlake, 2 threads". */
  String engine() {
    TrainingSession first = sessions.getFirst();
    return "%s, core %s, %d threads"
        .formatted(first.library().version(), first.library().coreName(), first.threads());
  }

  @Override
  public void close() {
    sessions.forEach(TrainingSession::close);
    data.values().forEach(Dataset::close);
  }
}
