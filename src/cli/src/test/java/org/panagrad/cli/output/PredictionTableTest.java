package org.panagrad.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.panagrad.data.FeatureMap;
import org.panagrad.infer.TablePrediction;
import org.panagrad.train.ModelDescription;

class PredictionTableTest {
  /** Points of time in seconds: a 32-bit number has steps of 128 there. */
  @Test
  void aValueKeepsItsDigits() throws IOException {
    StringWriter out = new StringWriter();
    new PredictionTable(new ModelDescription(null, FeatureMap.IDENTITY, List.of(), Map.of()), 1)
        .writeRow(out, 3, new TablePrediction.OfValue(1_700_000_001.25));
    assertEquals(List.of("3", "1.70000000125E9\n"), List.of(out.toString().split(",")));
  }
}
