package org.panagrad.report;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * TensorBoard's messages, field by field as in TensorFlow's {@code event.proto} and {@code
 * summary.proto}: Event {wall_time 1, step 2, file_version 3, summary 5, session_log 7}, Summary
 * {value 1}, Value {tag 1, simple_value 2, histo 5}, HistogramProto {min 1, max 2, num 3, sum 4,
 * sum_squares 5, bucket_limit 6, bucket 7}, SessionLog {status 1}.
 */
final class EventMessage {
  private static final int SESSION_START = 1;

  private EventMessage() {}

  /** What a message is made of. */
  @FunctionalInterface
  private interface Content {
    void write(CodedOutputStream out) throws IOException;
  }

  /** The first record of a file. */
  static byte[] version(double wallTime) {
    return message(
        out -> {
          out.writeDouble(1, wallTime);
          out.writeString(3, "brain.Event:2");
        });
  }

  /** From here on a training goes on: what a file before it has of later steps does not count. */
  static byte[] restart(double wallTime, long step) {
    byte[] log = message(out -> out.writeEnum(1, SESSION_START));
    return message(
        out -> {
          out.writeDouble(1, wallTime);
          out.writeInt64(2, step);
          out.writeByteArray(7, log);
        });
  }

  static byte[] scalar(double wallTime, long step, String tag, float value) {
    return summary(
        wallTime,
        step,
        out -> {
          out.writeString(1, tag);
          out.writeFloat(2, value);
        });
  }

  static byte[] histogram(double wallTime, long step, String tag, Histogram histogram) {
    byte[] content = message(out -> histogram(out, histogram));
    return summary(
        wallTime,
        step,
        out -> {
          out.writeString(1, tag);
          out.writeByteArray(5, content);
        });
  }

  private static byte[] summary(double wallTime, long step, Content value) {
    byte[] inner = message(value);
    byte[] summary = message(out -> out.writeByteArray(1, inner));
    return message(
        out -> {
          out.writeDouble(1, wallTime);
          out.writeInt64(2, step);
          out.writeByteArray(5, summary);
        });
  }

  private static void histogram(CodedOutputStream out, Histogram histogram) throws IOException {
    out.writeDouble(1, histogram.min());
    out.writeDouble(2, histogram.max());
    out.writeDouble(3, (double) histogram.count());
    out.writeDouble(4, histogram.sum());
    out.writeDouble(5, histogram.sumOfSquares());
    byte[] limits =
        message(
            packed -> {
              for (int i = 0; i < histogram.bins().size(); i++) {
                packed.writeDoubleNoTag(histogram.upperEdge(i));
              }
            });
    byte[] counts =
        message(
            packed -> {
              for (long count : histogram.bins()) {
                packed.writeDoubleNoTag((double) count);
              }
            });
    out.writeByteArray(6, limits);
    out.writeByteArray(7, counts);
  }

  private static byte[] message(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      content.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
