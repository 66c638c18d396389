package org.panagrad.examples;

import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.io.IOException;
import java.nio.file.Path;
import org.panagrad.data.Dataset;
import org.panagrad.data.Digits;
import org.panagrad.infer.Predictor;
import org.panagrad.io.ModelFile;
import org.panagrad.nn.Network;
import org.panagrad.optim.Momentum;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/** The README's example of use as a library. */
final class TenLines {
  private TenLines() {}

  /** Trains, saves, loads, predicts; returns the test accuracy. */
  static double run(Path file) throws IOException {
    // readme: library
    Dataset train = Digits.train();
    Dataset test = Digits.test();
    var network = Network.of(784, dense(128), relu(), dense(10));
    var options = TrainingOptions.defaults().optimizer(new Momentum(0.05f, 0.9f, false, 0));
    double accuracy;
    try (var session = TrainingSession.open(network, train, options)) {
      for (int epoch = 0; epoch < 5; epoch++) {
        System.out.println(session.epoch());
      }
      accuracy = session.evaluate(test).accuracy();
      ModelFile.write(file, session);
    }
    try (var model = ModelFile.read(file);
        var predictor = Predictor.of(model)) {
      float[] probabilities = predictor.predict(new float[784]);
      System.out.println(probabilities.length + " classes, accuracy " + accuracy);
    }
    // end
    return accuracy;
  }
}
