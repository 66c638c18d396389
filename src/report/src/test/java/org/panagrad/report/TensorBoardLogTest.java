package org.panagrad.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.train.TrainingEvent;

/** The event files, read back with protobuf's own reader of messages it has no type for. */
class TensorBoardLogTest {
  @TempDir Path dir;

  private List<UnknownFieldSet> events() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      List<Path> all = files.sorted().toList();
      assertEquals(1, all.size());
      assertTrue(all.getFirst().getFileName().toString().contains("tfevents"));
      return records(Files.readAllBytes(all.getFirst()));
    }
  }

  private static List<UnknownFieldSet> records(byte[] file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<UnknownFieldSet> records = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int at = bytes.position();
      int length = Math.toIntExact(bytes.getLong());
      assertEquals(RecordFile.masked(file, at, 8), bytes.getInt());
      byte[] record = new byte[length];
      bytes.get(record);
      assertEquals(RecordFile.masked(record, 0, length), bytes.getInt());
      records.add(UnknownFieldSet.parseFrom(record));
    }
    return records;
  }

  /** The checksum of the test vector "123456789" is e3069283, and masked as TensorFlow's. */
  @Test
  void theChecksumIsMasked() {
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    assertEquals(Integer.rotateRight(0xe3069283, 15) + 0xa282ead8, RecordFile.masked(digits, 0, 9));
    // The first eight bytes of every file that TensorFlow writes: length 24, as its writer has it.
    byte[] length = {24, 0, 0, 0, 0, 0, 0, 0};
    assertEquals(0xa37f4b22, Integer.reverseBytes(RecordFile.masked(length, 0, 8)));
  }

  private static UnknownFieldSet message(UnknownFieldSet in, int field) throws IOException {
    ByteString bytes = in.getField(field).getLengthDelimitedList().getFirst();
    return UnknownFieldSet.parseFrom(bytes);
  }

  private static String text(UnknownFieldSet in, int field) {
    return in.getField(field).getLengthDelimitedList().getFirst().toStringUtf8();
  }

  private static double real(UnknownFieldSet in, int field) {
    return Double.longBitsToDouble(in.getField(field).getFixed64List().getFirst());
  }

  @Test
  void scalarsAndHistogramsAreThere() throws IOException {
    TrainingHistory history;
    try (SampleTraining training = new SampleTraining();
        TensorBoardLog log = TensorBoardLog.open(dir)) {
      history = training.run(log);
    }
    List<UnknownFieldSet> events = events();
    assertEquals("brain.Event:2", text(events.getFirst(), 3));
    // Six scalars, and weights and gradients of four parameters.
    assertEquals(1 + SampleTraining.EPOCHS * (6 + 8), events.size());
    int epoch = 0;
    for (UnknownFieldSet event : events.subList(1, events.size())) {
      UnknownFieldSet value = message(message(event, 5), 1);
      if (text(value, 1).equals("loss/training")) {
        EpochRecord record = history.epochs().get(epoch++);
        assertEquals(record.step(), event.getField(2).getVarintList().getFirst());
        int bits = value.getField(2).getFixed32List().getFirst();
        assertEquals((float) record.training().loss(), Float.intBitsToFloat(bits));
        assertTrue(real(event, 1) > 1.7e9);
      } else if (text(value, 1).equals("weights/fc1.weight")) {
        UnknownFieldSet histogram = message(value, 5);
        assertEquals(784 * 16, real(histogram, 3));
        ByteBuffer limits = doubles(histogram, 6);
        ByteBuffer counts = doubles(histogram, 7);
        assertEquals(limits.remaining(), counts.remaining());
        double sum = 0;
        double before = real(histogram, 1);
        while (counts.hasRemaining()) {
          sum += counts.getDouble();
          double limit = limits.getDouble();
          assertTrue(limit >= before);
          before = limit;
        }
        assertEquals(784 * 16, sum);
        assertEquals(real(histogram, 2), before);
      }
    }
    assertEquals(SampleTraining.EPOCHS, epoch);
  }

  private static ByteBuffer doubles(UnknownFieldSet in, int field) {
    ByteString bytes = in.getField(field).getLengthDelimitedList().getFirst();
    return bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void aResumedTrainingSaysFromWhere() throws IOException {
    try (SampleTraining training = new SampleTraining();
        TensorBoardLog log = TensorBoardLog.open(dir)) {
      log.on(new TrainingEvent.Started(training.session, 9, 40));
    }
    UnknownFieldSet event = events().getLast();
    assertEquals(41, event.getField(2).getVarintList().getFirst());
    assertEquals(1, message(event, 7).getField(1).getVarintList().getFirst());
  }

  @Test
  void twoRunsOfOneSecondHaveTwoFiles() throws IOException {
    TensorBoardLog.open(dir).close();
    TensorBoardLog.open(dir).close();
    try (Stream<Path> files = Files.list(dir)) {
      assertEquals(2, files.count());
    }
  }
}
