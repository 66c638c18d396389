package org.panagrad.optim;

/**
 * What a schedule remembers of the validation loss: what a checkpoint holds besides the number of
 * updates. Written as text and read back it is the same.
 *
 * @param scale what the base rate is multiplied by
 * @param best the least loss so far, infinite before the first
 * @param badEpochs epochs since then that count
 * @param cooldown epochs yet to come that do not count
 */
public record ScheduleState(double scale, double best, int badEpochs, int cooldown) {
  /** Before the first epoch. */
  public static final ScheduleState START = new ScheduleState(1, Double.POSITIVE_INFINITY, 0, 0);

  public ScheduleState {
    Schedule.positive("scale of the learning rate", scale);
    if (Double.isNaN(best)) {
      throw new IllegalArgumentException("best validation loss NaN: expected a number");
    }
    Schedule.atLeast("bad epochs", badEpochs, 0);
    Schedule.atLeast("cooldown", cooldown, 0);
  }

  /** The four numbers with spaces between: what {@link #parse} reads. */
  @Override
  public String toString() {
    return scale + " " + best + " " + badEpochs + " " + cooldown;
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws IllegalArgumentException if it is not that
   */
  public static ScheduleState parse(String text) {
    String[] words = text.split(" ", -1);
    if (words.length == 4) {
      try {
        return new ScheduleState(
            Double.parseDouble(words[0]),
            Double.parseDouble(words[1]),
            Integer.parseInt(words[2]),
            Integer.parseInt(words[3]));
      } catch (NumberFormatException notThese) {
        // The message below says so.
      }
    }
    throw new IllegalArgumentException(
        "schedule state '" + text + "': expected scale, best loss, bad epochs and cooldown");
  }
}
