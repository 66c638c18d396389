package org.panagrad.report;

import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.panagrad.data.Dataset;
import org.panagrad.data.Digits;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;
import org.panagrad.train.TrainingEvent;
import org.panagrad.train.TrainingListener;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/** A short training on drawn digits, told to listeners. */
final class SampleTraining implements AutoCloseable {
  static final int EPOCHS = 4;

  final Dataset train = Digits.train().subset(0, 300);
  final Dataset test = Digits.test().subset(0, 200);
  final TrainingSession session =
      TrainingSession.open(
          Network.of(784, dense(16), relu(), dense(10)),
          train,
          TrainingOptions.defaults().optimizer(new Adam(0.003f)).batchSize(32).threads(1));

  /** Trains, and tells of it. */
  TrainingHistory run(TrainingListener... others) {
    TrainingHistory history = new TrainingHistory();
    List<TrainingListener> all = new ArrayList<>(List.of(others));
    all.add(history);
    tell(all, new TrainingEvent.Started(session, EPOCHS, 0));
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
      EpochResult result = session.epoch();
      Evaluation evaluation = session.evaluate(test);
      tell(all, new TrainingEvent.EpochEnded(result, evaluation, session.steps(), 0.003f));
    }
    tell(all, new TrainingEvent.Stopped("all epochs", EPOCHS, 0));
    return history;
  }

  private static void tell(List<TrainingListener> all, TrainingEvent event) {
    all.forEach(listener -> listener.on(event));
  }

  /** Everything a report can show. */
  HtmlReport report(TrainingHistory history) {
    return new HtmlReport(history, "digits <&> \"more\"", "panagrad train --data 'a b'")
        .watched("test")
        .measured("test set", test, session.metrics(test))
        .weights(session)
        .timing(session.profile(5))
        .facts("Data", Map.of("rows", "300"));
  }

  @Override
  public void close() {
    session.close();
    train.close();
    test.close();
  }
}
