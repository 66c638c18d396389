package org.panagrad.cli.command;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.cli.Run;

class MnistTest {
  @TempDir Path dir;

  @Test
  void anEpochOfRealMnist() throws IOException {
    String data = System.getenv("PANAGRAD_DATA_DIR");
    assumeTrue(data != null, "PANAGRAD_DATA_DIR is not set: no real MNIST");
    Path mnist = Path.of(data, "mnist");
    Path model = dir.resolve("model.safetensors");
    Path json = dir.resolve("report.json");
    Run.of(
            "train",
            "--data",
            "mnist",
            "--data-dir",
            mnist,
            "--hidden",
            64,
            "--epochs",
            1,
            "--out",
            model,
            "--json",
            json)
        .succeeds();
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertTrue(report.get("testAccuracy").asDouble() > 0.92, report.toString());
    Run.of("evaluate", "--model", model, "--data", mnist).succeeds();
    Path csv = dir.resolve("predictions.csv");
    Run.of("predict", "--model", model, "--input", "mnist", "--data-dir", mnist, "--output", csv)
        .succeeds();
  }
}
