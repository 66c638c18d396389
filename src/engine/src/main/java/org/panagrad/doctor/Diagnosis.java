package org.panagrad.doctor;

import java.util.List;

/** What all checks came to, in the order they were made. */
public record Diagnosis(List<Finding> findings) {
  public Diagnosis {
    findings = List.copyOf(findings);
  }

  /** How many findings are this bad. */
  public int count(Severity severity) {
    return (int) findings.stream().filter(f -> f.severity() == severity).count();
  }

  /** Whether nothing stands in the way of a training. */
  public boolean isHealthy() {
    return count(Severity.PROBLEM) == 0;
  }

  /** The findings of one check; empty if it was not made. */
  public List<Finding> of(String check) {
    return findings.stream().filter(f -> f.check().equals(check)).toList();
  }
}
