package org.panagrad.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The same figures for programs. */
final class JsonReport {
  private JsonReport() {}

  static String of(Map<String, String> machine, List<Row> rows, List<String> notes)
      throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    ObjectNode facts = root.putObject("machine");
    machine.forEach(facts::put);
    for (Row row : rows) {
      root.withArray("rows")
          .addObject()
          .put("measure", row.measure().label())
          .put("workload", row.workload().name())
          .put("contender", row.contender())
          .put("unit", row.measure().unit())
          .put("median", row.median())
          .put("min", row.min())
          .put("max", row.max())
          .put("rounds", row.values().size())
          .put("setting", row.variant());
    }
    notes.forEach(note -> root.withArray("notes").add(note));
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }
}
