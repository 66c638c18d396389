package org.panagrad.bench.profile;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.panagrad.plan.Step.Category;

/** The same figures for programs. */
final class ProfileJson {
  private ProfileJson() {}

  static String of(Map<String, String> machine, Roofline roofline) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    ObjectNode facts = root.putObject("machine");
    machine.forEach(facts::put);
    Limits l = roofline.limits();
    root.putObject("limits")
        .put("threads", l.threads())
        .put("gigaflopsOneThread", l.corePeak())
        .put("gigaflops", l.peak())
        .put("copyNearGigabytes", roofline.nearCopy())
        .put("copyFarGigabytes", roofline.farCopy())
        .put("handOverNanos", l.handOverNanos())
        .put("clockNanos", l.clockNanos());
    for (StepFigures f : roofline.figures()) {
      workload(root.withArray("workloads").addObject(), f, l);
    }
    root.put("speedUpModel", SpeedUp.MODEL);
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  private static void workload(ObjectNode node, StepFigures f, Limits limits) {
    Account a = f.account();
    node.put("workload", f.workload().name())
        .put("stepNanos", a.nanos())
        .put("stepNanosMin", a.fastest())
        .put("stepNanosMax", a.slowest())
        .put("lanes", f.lanes());
    ObjectNode shares = node.putObject("shares");
    for (Category c : Category.values()) {
      shares.put(c.name().toLowerCase(Locale.ROOT), a.share(c));
    }
    shares.put("hand_over", a.handOver()).put("other", a.other()).put("accounted", a.accounted());
    node.put("uneven", a.uneven())
        .put("clocks", a.clockShare())
        .put("flops", f.flops())
        .put("bytes", f.bytes())
        .put("bytesInUse", f.bytesInUse())
        .put("copyGigabytes", f.copyRate())
        .put("intensity", f.intensity())
        .put("gigaflops", f.rate())
        .put("ofPeak", f.rate() / limits.peak())
        .put("ofRoof", f.rate() / f.roof(limits))
        .put("handOvers", f.handOvers())
        .put("serial", a.serial())
        .put("aloneNanos", f.speedUp().alone());
    for (SpeedUp.Point p : f.speedUp().points()) {
      node.withArray("speedUp")
          .addObject()
          .put("threads", p.threads())
          .put("phases", p.phases())
          .put("serial", p.serial())
          .put("busyNanos", p.busy())
          .put("least", p.least())
          .put("most", p.most());
    }
  }
}
