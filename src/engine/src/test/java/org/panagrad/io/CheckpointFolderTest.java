package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.panagrad.nn.Layers.dense;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.file.FormatException;
import org.panagrad.fuzz.Fuzz;
import org.panagrad.nn.Network;
import org.panagrad.optim.ScheduleState;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.train.CheckpointForm;
import org.panagrad.train.CheckpointStore.Restored;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;
import org.panagrad.train.ResumeException;
import org.panagrad.train.TrainingEvent.EpochEnded;
import org.panagrad.train.TrainingPosition;
import org.panagrad.train.TrainingProgress;

/** Checkpoints on a disk, and what becomes of damaged ones: an error or the one before. */
class CheckpointFolderTest {
  private final Arena arena = Arena.ofConfined();
  private final ParameterLayout layout =
      new ParameterLayout(Network.of(3, dense(2), dense(2)).graph());

  @TempDir Path dir;
  private Path root = Path.of("");

  private CheckpointFolder folder;

  @BeforeEach
  void open() throws IOException {
    root = dir.resolve("checkpoints");
    folder = CheckpointFolder.open(root, 3);
  }

  @AfterEach
  void close() throws IOException {
    folder.close();
    arena.close();
  }

  private MemorySegment slab(float start) {
    MemorySegment slab = arena.allocate(layout.bytes(), 64);
    if (start != 0) {
      float[] value = {start};
      layout
          .parameters()
          .forEach(
              parameter -> {
                for (int i = 0; i < parameter.shape().elements(); i++) {
                  slab.set(ValueLayout.JAVA_FLOAT, layout.offset(parameter) + 4L * i, value[0]++);
                }
              });
    }
    return slab;
  }

  private CheckpointForm form(float start, String... names) {
    Map<String, MemorySegment> slabs = new LinkedHashMap<>();
    for (String name : names) {
      slabs.put(name, slab(start == 0 ? 0 : start + 100 * slabs.size()));
    }
    return new CheckpointForm(
        layout, slabs, Map.of("seed", "1", "loss", "mse"), Map.of("partitions", "2"));
  }

  private CheckpointForm form(float start) {
    return form(start, "parameters", "optimizer.0");
  }

  private static TrainingPosition position(long step, int rowsDone) {
    ScheduleState schedule = new ScheduleState(0.1, 1 / 7.0, 3, 2);
    return new TrainingPosition(step, 1, rowsDone, 2, 0.1 + 0.2, 4.5, 3, 0.1f, 0.7f, schedule);
  }

  private static TrainingProgress progress(long step) {
    return new TrainingProgress(
        position(step, 5),
        0,
        1.25,
        0.25,
        2.3,
        step % 2 == 0 ? null : position(step - 1, 0),
        1,
        List.of(
            new EpochEnded(
                new EpochResult(1, 10, 1 / 3.0, Double.NaN, 0.5, 0.125),
                new Evaluation(4, Double.POSITIVE_INFINITY, -0.0),
                7,
                1e-7f)));
  }

  private static Path file(Path root, long step) {
    return root.resolve(String.format("step-%012d.safetensors", step));
  }

  private void assertRestores(long step, float start, int warnings) throws IOException {
    CheckpointForm into = form(0);
    Restored restored = folder.restore(into, false).orElseThrow();
    assertEquals(file(root, step), restored.file());
    assertEquals(progress(step), restored.progress());
    assertEquals(warnings, restored.warnings().size(), restored.warnings().toString());
    for (String line : restored.warnings()) {
      assertEquals(1, line.lines().count());
    }
    CheckpointForm expected = form(start);
    expected
        .slabs()
        .forEach((name, slab) -> assertEquals(-1, slab.mismatch(into.slabs().get(name)), name));
  }

  private String refusal(Class<? extends Exception> type) {
    CheckpointForm into = form(0);
    String message = assertThrows(type, () -> folder.restore(into, false)).getMessage();
    assertNotNull(message);
    assertEquals(1, message.lines().count(), message);
    into.slabs().forEach((name, slab) -> assertEquals(-1, slab.mismatch(slab(0)), name));
    return message;
  }

  @Test
  void whatIsWrittenComesBackToTheBit() throws IOException {
    assertTrue(folder.isEmpty());
    assertEquals(Optional.empty(), folder.restore(form(0), false));
    assertEquals(file(root, 12), folder.write(form(1), progress(12)));
    assertFalse(folder.isEmpty());
    assertRestores(12, 1, 0);
    // The same checkpoint is the same file.
    byte[] first = Files.readAllBytes(file(root, 12));
    folder.write(form(1), progress(12));
    assertEquals(-1, Arrays.mismatch(first, Files.readAllBytes(file(root, 12))));
  }

  @Test
  void aSlabThatIsNotThereYetIsLeftAlone() throws IOException {
    folder.write(form(1), progress(3));
    Restored restored =
        folder.restore(form(0, "parameters", "optimizer.0", "best"), false).orElseThrow();
    assertEquals(Set.of("parameters", "optimizer.0"), restored.slabs());
    Files.delete(file(root, 3));
    folder.write(form(1, "parameters", "best"), progress(4));
    assertTrue(refusal(FormatException.class).contains("tensors: expected those of optimizer.0"));
    assertThrows(FormatException.class, () -> folder.restore(form(0, "parameters"), false));
  }

  @Test
  void theTensorsHaveTheModelsNames() throws IOException {
    folder.write(form(1, "parameters", "optimizer.0", "best"), progress(12));
    try (SafetensorsFile file = SafetensorsFile.open(file(root, 12))) {
      assertEquals(
          List.of(
              "fc1.weight F32 [2, 3]",
              "fc1.bias F32 [2]",
              "fc2.weight F32 [2, 2]",
              "fc2.bias F32 [2]",
              "optimizer.0/fc1.weight F32 [2, 3]",
              "optimizer.0/fc1.bias F32 [2]",
              "optimizer.0/fc2.weight F32 [2, 2]",
              "optimizer.0/fc2.bias F32 [2]",
              "best/fc1.weight F32 [2, 3]",
              "best/fc1.bias F32 [2]",
              "best/fc2.weight F32 [2, 2]",
              "best/fc2.bias F32 [2]",
              "sha256 U8 [32]"),
          file.tensors().stream().map(StoredTensor::toString).toList());
      file.requireSeal();
    }
  }

  @Test
  void theLastFewAreKept() throws IOException {
    for (long step : new long[] {9, 10, 99, 100, 1_000_000_000_000L, 5_000_000_000_000L}) {
      folder.write(form((float) step), progress(step));
    }
    assertEquals(
        List.of(file(root, 100), file(root, 1_000_000_000_000L), file(root, 5_000_000_000_000L)),
        folder.checkpoints());
    assertRestores(5_000_000_000_000L, 5_000_000_000_000f, 0);
  }

  @Test
  void filesThatAreNoCheckpointsStay() throws IOException {
    Path other = Files.writeString(root.resolve("step-1.safetensors"), "mine");
    for (long step = 1; step < 9; step++) {
      folder.write(form((float) step), progress(step));
    }
    assertEquals("mine", Files.readString(other));
    assertEquals(3, folder.checkpoints().size());
  }

  @Test
  void cutShortAnywhereItIsRefusedOrPassedOver() throws IOException {
    folder.write(form(1), progress(1));
    folder.write(form(2), progress(2));
    byte[] whole = Files.readAllBytes(file(root, 2));
    for (int length = 0; length < whole.length; length++) {
      Files.write(file(root, 2), Arrays.copyOf(whole, length));
      assertRestores(1, 1, 1);
      assertTrue(Files.deleteIfExists(Path.of(file(root, 2) + ".damaged")), "set aside");
    }
    Files.write(file(root, 2), Arrays.copyOf(whole, whole.length + 1));
    assertRestores(1, 1, 1);
    Files.delete(file(root, 1));
    for (int length = 0; length < whole.length; length += 9) {
      Files.write(file(root, 2), Arrays.copyOf(whole, length));
      assertTrue(refusal(FormatException.class).startsWith(file(root, 2) + ": "));
      assertTrue(Files.exists(file(root, 2)), "the only one stays where it is");
    }
    Files.write(file(root, 2), whole);
    assertRestores(2, 2, 0);
  }

  @Test
  void aByteThatWasFlippedIsSeen() throws IOException {
    folder.write(form(1), progress(1));
    folder.write(form(2), progress(2));
    byte[] whole = Files.readAllBytes(file(root, 2));
    for (int at = 0; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= (byte) (at % 2 == 0 ? 1 << at / 2 % 8 : 0xFF);
      Files.write(file(root, 2), flipped);
      assertRestores(1, 1, 1);
    }
    Files.delete(file(root, 1));
    for (int at = 0; at < whole.length; at += 7) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x10;
      Files.write(file(root, 2), flipped);
      assertTrue(refusal(FormatException.class).startsWith(file(root, 2) + ": "));
    }
  }

  /** Whoever forges the seal as well gets an error or a checkpoint, never anything else. */
  @Test
  @Tag("fuzz")
  void randomMutationsAreRefusedOrRestored() throws IOException {
    folder.write(form(2), progress(2));
    byte[] whole = Files.readAllBytes(file(root, 2));
    CheckpointForm into = form(0);
    Fuzz.of("checkpoint", whole)
        .pieces(DamagedHeader.PIECES)
        .repair((damaged, random) -> DamagedHeader.checkpoint(damaged, whole, random))
        .feed(
            bytes -> {
              Files.write(file(root, 2), bytes);
              try {
                Restored restored = folder.restore(into, false).orElseThrow();
                return restored.slabs().containsAll(List.of("parameters", "optimizer.0"));
              } catch (FormatException | ResumeException refused) {
                assertEquals(1, String.valueOf(refused.getMessage()).lines().count());
                return false;
              }
            })
        .requireRefused(0.3);
  }

  @Test
  void aModelFileIsNoCheckpoint() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.add("fc1.weight", new long[] {2, 3}, slab(1), 0);
    writer.write(file(root, 1));
    assertTrue(refusal(FormatException.class).contains("last tensor: expected sha256 U8 [32]"));
    writer = new SafetensorsWriter().sealed();
    writer.add("fc1.weight", new long[] {2, 3}, slab(1), 0);
    writer.write(file(root, 1));
    assertTrue(refusal(FormatException.class).contains("panagrad.checkpoint"));
  }

  @Test
  void damagedOnesDoNotCountAmongThoseKept() throws IOException {
    folder.close();
    folder = CheckpointFolder.open(root, 1);
    folder.write(form(1), progress(1));
    byte[] good = Files.readAllBytes(file(root, 1));
    folder.write(form(9), progress(9));
    Files.write(file(root, 9), new byte[] {1, 2, 3});
    Files.write(file(root, 1), good);
    assertRestores(1, 1, 1);
    folder.write(form(2), progress(2));
    assertEquals(List.of(file(root, 2)), folder.checkpoints());
  }

  @Test
  void settingsAndMachineMustBeTheSame() throws IOException {
    folder.write(form(1), progress(1));
    CheckpointForm into = form(0);
    CheckpointForm other =
        new CheckpointForm(
            layout, into.slabs(), Map.of("seed", "2", "decay", "0.1"), into.machine());
    String message =
        String.valueOf(
            assertThrows(ResumeException.class, () -> folder.restore(other, true)).getMessage());
    for (String difference :
        List.of(
            "seed: the checkpoint has 1, found 2",
            "loss: the checkpoint has mse, found none",
            "decay: the checkpoint has none, found 0.1")) {
      assertTrue(message.contains(difference), message);
    }
    CheckpointForm elsewhere =
        new CheckpointForm(layout, into.slabs(), into.settings(), Map.of("partitions", "4"));
    assertThrows(ResumeException.class, () -> folder.restore(elsewhere, false));
    assertEquals(
        List.of(
            file(root, 1) + ": partitions: the checkpoint has 2, found 4; the bits will be others"),
        folder.restore(elsewhere, true).orElseThrow().warnings());
  }

  @Test
  void aFolderIsOneTrainingsAtATime() throws IOException {
    assertTrue(
        String.valueOf(
                assertThrows(ResumeException.class, () -> CheckpointFolder.open(root, 3))
                    .getMessage())
            .contains("another training keeps its checkpoints there"));
    folder.close();
    CheckpointFolder.open(root, 3).close();
    assertThrows(IllegalArgumentException.class, () -> CheckpointFolder.open(root, 0));
  }

  @Test
  void whatAKilledProcessLeftIsClearedAway() throws IOException {
    folder.close();
    Path left = Files.writeString(root.resolve(".panagrad-0123456789abcdef.tmp"), "half");
    Path other = Files.writeString(root.resolve("notes.tmp"), "mine");
    folder = CheckpointFolder.open(root, 3);
    assertFalse(Files.exists(left));
    assertTrue(Files.exists(other));
  }

  @Test
  void aFolderThatIsGoneIsSaid() throws IOException {
    folder.write(form(1), progress(1));
    Path moved = dir.resolve("moved");
    Files.move(root, moved);
    String message =
        String.valueOf(
            assertThrows(IOException.class, () -> folder.write(form(2), progress(2))).getMessage());
    assertTrue(message.contains("does not exist"), message);
    assertTrue(
        String.valueOf(
                assertThrows(IOException.class, () -> folder.restore(form(0), false)).getMessage())
            .contains("the folder of the checkpoints is gone"));
    Files.move(moved, root);
    assertRestores(1, 1, 0);
    folder.write(form(2), progress(2));
    assertRestores(2, 2, 0);
  }

  @Test
  void placesThatCannotBeWrittenAreSaidAtOnce() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "x");
    for (Path wrong : List.of(file, file.resolve("below"))) {
      String message =
          String.valueOf(
              assertThrows(IOException.class, () -> CheckpointFolder.open(wrong, 1)).getMessage());
      assertTrue(message.startsWith("cannot keep checkpoints in " + wrong + ": "), message);
      assertEquals(1, message.lines().count());
    }
    Path locked = Files.createDirectory(dir.resolve("locked"));
    assertTrue(locked.toFile().setWritable(false));
    try {
      assumeFalse(Files.isWritable(locked), "this user may write anywhere");
      assertThrows(IOException.class, () -> CheckpointFolder.open(locked, 1));
    } finally {
      assertTrue(locked.toFile().setWritable(true));
    }
  }

  @Test
  void numbersThatJsonDoesNotHaveAreKept() {
    String text = CheckpointJson.write(form(1), progress(1)).write();
    assertEquals(progress(1), CheckpointJson.progress(CheckpointJson.parse(text)));
    assertThrows(
        JsonException.class,
        () -> CheckpointJson.progress(CheckpointJson.parse(text.replace("\"NaN\"", "\"nan\""))));
  }
}
