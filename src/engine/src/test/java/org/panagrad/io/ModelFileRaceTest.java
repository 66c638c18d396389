package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.panagrad.nn.Layers.dense;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.data.Dataset;
import org.panagrad.nn.Network;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/** A model written while another thread trains it is the model of one step. */
@Timeout(60)
class ModelFileRaceTest {
  @TempDir Path directory;

  @Test
  void theFileIsOfOneStep() throws IOException, InterruptedException {
    float[][] features = {{1, 2}, {3, 4}};
    try (Dataset data = Dataset.ofClasses("two", features, new int[] {0, 1}, 2);
        TrainingSession session =
            TrainingSession.open(
                Network.of(2, dense(3), dense(2)),
                data,
                TrainingOptions.defaults().batchSize(2).threads(1))) {
      AtomicBoolean end = new AtomicBoolean();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread trainer =
          new Thread(
              () -> {
                try {
                  while (!end.get()) {
                    session.step();
                  }
                } catch (Throwable t) {
                  failure.set(t);
                }
              });
      trainer.start();
      for (int i = 0; i < 10; i++) {
        Path file = directory.resolve("model" + i + ".safetensors");
        String said = ModelFile.write(file, session);
        try (SafetensorsFile written = SafetensorsFile.open(file)) {
          assertEquals(said, written.parametersSha256());
        }
      }
      end.set(true);
      trainer.join();
      assertNull(failure.get());
    }
  }
}
