package org.panagrad.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.ChannelLock;
import org.panagrad.file.FailureReason;
import org.panagrad.file.OneLine;
import org.panagrad.train.Evaluation;
import org.panagrad.train.TrainingEvent;
import org.panagrad.train.TrainingListener;

/**
 * Writes what happens in a training as lines of JSON, each an object with {@code event} and {@code
 * time}, appended to a file and forced to the disk. {@code docs/metrics-log.md} is the format.
 *
 * <p>A file that is there is continued; a line that a killed training left unfinished is cut off.
 * One training at a time writes to a file: a lock keeps others out, in other processes too.
 */
public final class JsonLinesLog implements TrainingListener, AutoCloseable {
  private static final byte[] BEGIN = "{\"event\"".getBytes(StandardCharsets.UTF_8);

  private final Path file;
  private final FileChannel channel;
  private final Clock clock;

  private JsonLinesLog(Path file, FileChannel channel, Clock clock) {
    this.file = file;
    this.channel = channel;
    this.clock = clock;
  }

  /**
   * Opens the file, or makes it.
   *
   * @throws IOException in one line if it cannot be read and written, is no such log, or another
   *     training writes to it
   */
  public static JsonLinesLog open(Path file) throws IOException {
    return open(file, Clock.systemUTC());
  }

  static JsonLinesLog open(Path file, Clock clock) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (!ChannelLock.take(channel)) {
        throw new IOException(
            OneLine.of(
                file
                    + ": another training writes its log there; wait for its end, or name another"
                    + " file"));
      }
      long end = endOfLastLine(channel);
      // Neither continued nor cut unless it is one of these: somebody may have named a file of his.
      requireEvent(file, channel, 0);
      requireEvent(file, channel, end);
      channel.truncate(end);
      channel.position(end);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new JsonLinesLog(file, channel, clock);
  }

  /** What begins there, if anything does, is an event or the beginning of one. */
  private static void requireEvent(Path file, FileChannel channel, long at) throws IOException {
    // A device such as /dev/full has no size and can be read without end.
    ByteBuffer begin = ByteBuffer.allocate((int) Math.min(BEGIN.length, channel.size() - at));
    while (begin.hasRemaining() && channel.read(begin, at + begin.position()) >= 0) {}
    begin.flip();
    if (!ByteBuffer.wrap(BEGIN, 0, begin.remaining()).equals(begin)) {
      throw new IOException(
          file
              + ": expected a log of trainings, lines that begin with "
              + new String(BEGIN, StandardCharsets.UTF_8)
              + ", found something else; name another file");
    }
  }

  private static long endOfLastLine(FileChannel channel) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(4096);
    for (long end = channel.size(); end > 0; ) {
      long begin = Math.max(0, end - block.capacity());
      block.clear().limit((int) (end - begin));
      while (block.hasRemaining() && channel.read(block, begin + block.position()) >= 0) {}
      for (int i = block.position() - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return begin + i + 1;
        }
      }
      end = begin;
    }
    return 0;
  }

  @Override
  public void on(TrainingEvent event) {
    Fields line = new Fields();
    switch (event) {
      case TrainingEvent.Started started ->
          begin(line, "started")
              .put("data", started.session().describe().run().getOrDefault("data", ""))
              .put("epochs", started.epochs())
              .put("resumedAtStep", started.resumedAtStep())
              .put("parameters", started.session().network().parameterCount())
              .put("batchSize", started.session().options().batchSize())
              .put("seed", started.session().options().seed());
      case TrainingEvent.Resumed resumed ->
          begin(line, "resumed").put("file", resumed.file().toString()).put("step", resumed.step());
      case TrainingEvent.EpochEnded epoch -> epoch(begin(line, "epoch"), epoch);
      case TrainingEvent.CheckpointWritten written ->
          begin(line, "checkpoint")
              .put("file", written.file().toString())
              .put("step", written.step());
      case TrainingEvent.NonFinite bad ->
          begin(line, "nonFinite")
              .put("where", bad.where())
              .put("epoch", bad.epoch())
              .put("batch", bad.batch())
              .put("step", bad.step())
              .put("action", bad.action());
      case TrainingEvent.Stopped stopped ->
          begin(line, "stopped")
              .put("reason", stopped.reason())
              .put("epoch", stopped.epoch())
              .put("bestEpoch", stopped.bestEpoch());
    }
    append(line.json().write() + "\n");
  }

  private Fields begin(Fields line, String event) {
    return line.put("event", event).put("time", clock.instant().toString());
  }

  private static void epoch(Fields line, TrainingEvent.EpochEnded epoch) {
    line.put("epoch", epoch.training().epoch())
        .put("step", epoch.step())
        .put("learningRate", epoch.learningRate())
        .put("examples", epoch.training().examples())
        .put("seconds", epoch.training().seconds())
        .put("samplesPerSecond", epoch.training().samplesPerSecond())
        .put("trainLoss", epoch.training().loss())
        .put("trainAccuracy", epoch.training().accuracy());
    @Nullable Evaluation validation = epoch.validation();
    if (validation != null) {
      line.put("validationLoss", validation.loss())
          .put("validationAccuracy", validation.accuracy());
    }
  }

  private void append(String text) {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + FailureReason.of(e), e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
