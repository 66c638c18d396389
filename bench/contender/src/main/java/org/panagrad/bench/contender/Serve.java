package org.panagrad.bench.contender;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers the coordinator, a line for a line:
 *
 * <pre>
 * prepare DIRECTORY WORKLOAD WEIGHTS   builds the network anew      @ ABOUT
 * train N                              N steps                      @ NANOSECONDS
 * loss                                 of the first mini-batch      @ LOSS
 * predict ROWS N                       N predictions of ROWS rows   @ NANOSECONDS
 * quit                                                              (ends)
 * </pre>
 *
 * <p>A failure is answered with {@code @error MESSAGE}. Lines without the sign are a library's own
 * and are not for the coordinator.
 */
public final class Serve {
  private final Supplier<Contender> make;
  private final PrintStream answers;
  private @Nullable Contender prepared;

  private Serve(Supplier<Contender> make, PrintStream answers) {
    this.make = make;
    this.answers = answers;
  }

  /** Serves until told to quit, or until the coordinator is gone. */
  @SuppressWarnings("SystemOut")
  public static void run(Supplier<Contender> make) {
    PrintStream answers =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    try (BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      Serve serve = new Serve(make, answers);
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        if (line.equals("quit")) {
          break;
        }
        serve.answer(line);
      }
    } catch (Throwable t) {
      answers.println("@error " + oneLine(t));
      t.printStackTrace();
    }
    // Some libraries leave threads behind that would keep the process alive.
    Runtime.getRuntime().halt(0);
  }

  private void answer(String line) {
    try {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "prepare" -> prepare(words);
        case "train" -> answers.println("@ " + train(Integer.parseInt(words[1])));
        case "loss" -> answers.println("@ " + contender().loss());
        case "predict" ->
            answers.println("@ " + predict(Integer.parseInt(words[1]), Integer.parseInt(words[2])));
        default -> throw new IllegalArgumentException("no command '" + words[0] + "'");
      }
    } catch (Throwable t) {
      answers.println("@error " + oneLine(t));
      t.printStackTrace();
    }
  }

  private Contender contender() {
    return Objects.requireNonNull(prepared, "nothing is prepared");
  }

  private void prepare(String[] words) throws Exception, IOException {
    if (prepared != null) {
      prepared.close();
    }
    Contender contender = make.get();
    prepared = contender;
    contender.prepare(BenchData.open(Path.of(words[1]), Workload.valueOf(words[2]), words[3]));
    answers.println("@ " + contender.about().replace('\n', ' '));
  }

  private long train(int steps) throws Exception {
    long begin = System.nanoTime();
    contender().train(steps);
    return System.nanoTime() - begin;
  }

  private long predict(int rows, int times) throws Exception {
    long begin = System.nanoTime();
    contender().predict(rows, times);
    return System.nanoTime() - begin;
  }

  private static String oneLine(Throwable t) {
    return String.valueOf(t).replace('\n', ' ');
  }
}
