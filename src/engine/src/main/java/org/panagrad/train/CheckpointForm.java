package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.panagrad.plan.ParameterLayout;

/**
 * What of a training lies in native memory, and what must be the same for it to go on as if it had
 * never stopped.
 *
 * @param layout of every slab
 * @param slabs by name: {@value #PARAMETERS}, {@code optimizer.0} and so on, {@value #BEST}
 * @param settings by name, what decides the result everywhere
 * @param machine by name, what decides its bits besides: partition width, library, core
 */
public record CheckpointForm(
    ParameterLayout layout,
    Map<String, MemorySegment> slabs,
    Map<String, String> settings,
    Map<String, String> machine) {
  /** The slab that every checkpoint has. */
  public static final String PARAMETERS = "parameters";

  /** The names of the optimizer's slabs begin so. */
  static final String OPTIMIZER = "optimizer.";

  /** The parameters of the best epoch, where early stopping looks for one. */
  public static final String BEST = "best";

  /** Whether every checkpoint has this slab, or only some: those of a best epoch, say. */
  public static boolean isInEvery(String slab) {
    return slab.equals(PARAMETERS) || slab.startsWith(OPTIMIZER);
  }

  public CheckpointForm {
    slabs = Collections.unmodifiableMap(new LinkedHashMap<>(slabs));
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    machine = Collections.unmodifiableMap(new LinkedHashMap<>(machine));
  }

  /**
   * Checks that a stored training is this one.
   *
   * @param file to name
   * @param otherMachine whether another partition width, library or core will do
   * @return what differs of the machine, in words
   * @throws ResumeException naming what differs, unless it is allowed to
   */
  public List<String> requireSame(
      String file,
      Map<String, String> storedSettings,
      Map<String, String> storedMachine,
      boolean otherMachine) {
    List<String> different =
        ResumeException.differences("", "the checkpoint", storedSettings, settings);
    if (!different.isEmpty()) {
      throw new ResumeException(
          file
              + ": is of another training: "
              + String.join("; ", different)
              + "; give what the checkpoint has, or begin anew in another folder");
    }
    different = ResumeException.differences("", "the checkpoint", storedMachine, machine);
    if (!different.isEmpty() && !otherMachine) {
      throw new ResumeException(
          file
              + ": cannot be gone on with to the same bits: "
              + String.join("; ", different)
              + "; give what the checkpoint has, or resumeAnyway to do without the same bits");
    }
    return different;
  }
}
