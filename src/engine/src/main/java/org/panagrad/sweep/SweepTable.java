package org.panagrad.sweep;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.AtomicFile;
import org.panagrad.file.FailureReason;
import org.panagrad.file.FormatException;
import org.panagrad.file.OneLine;
import org.panagrad.io.JsonException;
import org.panagrad.train.ResumeException;

/**
 * The results of a sweep in a file of JSON lines: the first says what is tried, each other one is a
 * trial's result. Lines are only appended, each flushed to the device before {@link #add} returns.
 *
 * <p>A process that is killed while it writes leaves a last line without its end; that one is left
 * out and cut off when the table is opened again.
 */
final class SweepTable implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final List<TrialResult> rows;
  private final @Nullable String torn;

  private SweepTable(
      Path file, FileChannel channel, List<TrialResult> rows, @Nullable String torn) {
    this.file = file;
    this.channel = channel;
    this.rows = rows;
    this.torn = torn;
  }

  /**
   * Opens the table of a sweep, or begins it.
   *
   * @throws ResumeException if it is of another sweep, naming what differs
   * @throws FormatException if a line that was written whole is no result
   * @throws IOException in one line when it cannot be read or written
   */
  static SweepTable open(Path file, TableJson.Head head) throws IOException {
    if (Files.notExists(file)) {
      byte[] line = line(TableJson.write(head).write());
      AtomicFile.write(file, channel -> write(channel, line));
    }
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException failure) {
      throw new IOException(
          OneLine.of("cannot read " + file + ": " + FailureReason.of(failure)), failure);
    }
    int whole = bytes.length;
    while (whole > 0 && bytes[whole - 1] != '\n') {
      whole--;
    }
    List<String> lines = lines(file, bytes, whole);
    checkHead(file, lines, head);
    List<TrialResult> rows = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      rows.add(row(file, i + 1, lines.get(i), head.trials()));
    }
    String torn =
        whole == bytes.length
            ? null
            : file
                + ": line "
                + (lines.size() + 1)
                + " has no end, as after a kill while it was written; it is left out, and its"
                + " trial is gone on with";
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    boolean opened = false;
    try {
      channel.truncate(whole);
      channel.position(whole);
      opened = true;
      return new SweepTable(file, channel, rows, torn);
    } finally {
      if (!opened) {
        channel.close();
      }
    }
  }

  private static List<String> lines(Path file, byte[] bytes, int whole) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, whole))
          .toString()
          .lines()
          .toList();
    } catch (CharacterCodingException _) {
      throw wrong(file, "content", "UTF-8", "other bytes");
    }
  }

  private static void checkHead(Path file, List<String> lines, TableJson.Head head) {
    if (lines.isEmpty()) {
      throw wrong(file, "line 1", "what the sweep tries", "nothing");
    }
    TableJson.Head stored;
    try {
      stored = TableJson.head(lines.getFirst());
    } catch (JsonException e) {
      throw wrong(file, "line 1, " + e.where(), e.expected(), e.found());
    }
    List<String> different =
        ResumeException.differences("", "the sweep", stored.settings(), head.settings());
    if (different.isEmpty() && stored.trials().size() != head.trials().size()) {
      different.add(
          "the sweep has " + stored.trials().size() + " trials, found " + head.trials().size());
    }
    for (int i = 0; different.isEmpty() && i < head.trials().size(); i++) {
      different =
          ResumeException.differences(
              "trial " + (i + 1) + ", ",
              "the sweep",
              stored.trials().get(i).settings(),
              head.trials().get(i).settings());
    }
    if (!different.isEmpty()) {
      throw new ResumeException(
          file
              + ": is of another sweep: "
              + String.join("; ", different)
              + "; give what it has, or begin anew in another folder");
    }
  }

  private static TrialResult row(Path file, int number, String line, List<Trial> trials) {
    try {
      return TableJson.result(line, trials);
    } catch (JsonException e) {
      throw wrong(file, "line " + number + ", " + e.where(), e.expected(), e.found());
    }
  }

  private static FormatException wrong(Path file, String what, String expected, String found) {
    return new FormatException(
        file, what, expected, found, "the file is damaged; begin anew in another folder");
  }

  private static byte[] line(String json) {
    return (json + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void write(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** What was cut off, in words; null if nothing was. */
  @Nullable String torn() {
    return torn;
  }

  /**
   * Appends a row; when this returns it survives a power cut.
   *
   * @throws IOException in one line when it cannot be written
   */
  synchronized void add(TrialResult result) throws IOException {
    try {
      write(channel, line(TableJson.write(result).write()));
      channel.force(true);
    } catch (IOException failure) {
      throw new IOException(
          OneLine.of(
              "cannot write "
                  + file
                  + ": "
                  + FailureReason.of(failure)
                  + "; check the space and permissions of its folder"),
          failure);
    }
    rows.add(result);
  }

  /** The row of a trial in a rung. */
  synchronized Optional<TrialResult> row(int trial, int rung) {
    return rows.stream().filter(r -> r.trial() == trial && r.rung() == rung).findFirst();
  }

  /** All of them, by rung and trial: in which order trials end is chance. */
  synchronized List<TrialResult> rows() {
    return rows.stream()
        .sorted(Comparator.comparingInt(TrialResult::rung).thenComparingInt(TrialResult::trial))
        .toList();
  }

  /** The last row of each trial, the best first. */
  synchronized List<TrialResult> ranked(Ranking ranking) {
    Map<Integer, TrialResult> last = new LinkedHashMap<>();
    rows().forEach(row -> last.put(row.trial(), row));
    return last.values().stream().sorted(ranking.order()).toList();
  }

  /** The row whose model is the one to keep. */
  synchronized Optional<TrialResult> best(Ranking ranking) {
    return rows.stream().filter(row -> !row.isFailed()).min(ranking.order());
  }

  /** Whether a row that is not in it yet would be the best. */
  synchronized boolean wouldBeBest(Ranking ranking, TrialResult row) {
    return !row.isFailed()
        && best(ranking).filter(best -> ranking.order().compare(best, row) <= 0).isEmpty();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
