package org.panagrad.bench.profile;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.panagrad.bench.problem.Problem;
import org.panagrad.blas.Matrix;
import org.panagrad.blas.NativeBlas;
import org.panagrad.data.BatchOrder;
import org.panagrad.data.Dataset;
import org.panagrad.kernel.KernelSets;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.NativeMemory;
import org.panagrad.nn.Network;
import org.panagrad.optim.Optimizer;
import org.panagrad.plan.BatchSource;
import org.panagrad.plan.Memory;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.plan.Plan;
import org.panagrad.plan.Profile;
import org.panagrad.plan.Program;
import org.panagrad.plan.RunState;
import org.panagrad.plan.Workers;
import org.panagrad.plan.op.CompileOptions;
import org.panagrad.plan.op.CompiledGraph;
import org.panagrad.plan.op.GraphCompiler;

/**
 * A training step as the session makes it, bound to memory three times: as it is, with clocks, and
 * without any of its work.
 */
final class OpenStep implements AutoCloseable {
  private static final int BATCHES = 4;

  private final Problem problem;
  private final Optimizer optimizer;
  private final NativeMemory memory = new NativeMemory("profile", Long.MAX_VALUE);
  private final Workers workers;
  private final Dataset data;
  private final Plan plan;
  private final Profile profile;
  private final Program plain;
  private final Program timed;
  private final Program empty;
  private final Matrix losses;
  private final RunState state = new RunState();
  private int first; // row of the mini-batch
  private long timedRuns;

  /**
   * @param partitions into how many tiles a step is cut at most
   * @param threads that run them
   */
  OpenStep(Problem problem, int partitions, int threads) {
    this.problem = problem;
    this.optimizer = problem.optimizer();
    Network network = problem.network();
    Kernels kernels = KernelSets.select();
    ParameterLayout layout = new ParameterLayout(network.graph());
    CompileOptions options =
        CompileOptions.training(
            problem.batch(), partitions, problem.loss(), problem.classes(), optimizer);
    CompiledGraph compiled =
        GraphCompiler.compile(network.graph(), layout, options, NativeBlas.load(), kernels);
    this.plan = compiled.plan();
    this.profile = plan.profile();
    MemorySegment parameters = memory.allocate("parameters", layout.bytes());
    List<MemorySegment> states = new ArrayList<>();
    for (int i = 0; i < optimizer.stateSlabs(); i++) {
      states.add(memory.allocate("optimizer state", layout.bytes()));
    }
    Memory slabs =
        new Memory(
            memory.allocate("workspace", plan.workspaceBytes()),
            parameters,
            options.keepGradients() ? memory.allocate("gradients", layout.bytes()) : null,
            states);
    network.initialize(parameters, layout, 1);
    this.plain = plan.bind(slabs).together();
    this.timed = plan.bind(slabs, profile);
    this.empty = plan.bind(slabs, step -> false).together();
    this.losses = compiled.bindSlots(slabs);
    this.data = problem.noise(BATCHES * problem.batch());
    MemorySegment rows = memory.allocate("order of rows", BatchOrder.bytes(data.size()));
    for (int i = 0; i < data.size(); i++) {
      rows.setAtIndex(ValueLayout.JAVA_INT, i, i);
    }
    state.source = source(kernels, rows);
    state.batch = problem.batch();
    state.learningRate = optimizer.learningRate();
    this.workers = new Workers("profile-worker", threads);
  }

  private BatchSource source(Kernels kernels, MemorySegment rows) {
    return new BatchSource() {
      @Override
      public void features(int from, int to, MemorySegment segment, long out) {
        data.gatherFeatures(kernels, rows, first + from, to - from, segment, out);
      }

      @Override
      public void labels(int from, int to, MemorySegment segment, long out) {
        data.gatherLabels(rows, first + from, to - from, segment, out);
      }

      @Override
      public void targets(int from, int to, MemorySegment segment, long out, int ld) {
        data.gatherTargets(rows, first + from, to - from, segment, out, ld);
      }
    };
  }

  Problem problem() {
    return problem;
  }

  Plan plan() {
    return plan;
  }

  int lanes() {
    return plan.lanes();
  }

  /** Parameters, gradients, optimizer state, workspace and a mini-batch of the data. */
  long bytesInUse() {
    return memory.bytes() + data.nativeBytes() / BATCHES;
  }

  int stateSlabs() {
    return optimizer.stateSlabs();
  }

  /** The step. */
  void run() {
    run(plain);
  }

  /** The step with clocks. */
  void runTimed() {
    run(timed);
    timedRuns++;
  }

  /** All that is done for a step outside its phases. */
  void runEmpty() {
    run(empty);
  }

  private void run(Program program) {
    first = (int) (state.step % BATCHES) * problem.batch();
    state.step++;
    optimizer.prepare(state);
    workers.run(program, state);
    double sum = CompiledGraph.lossSum(losses);
    if (!Double.isFinite(sum)) {
      throw new IllegalStateException(problem.name() + ": the loss is " + sum);
    }
  }

  /** Forgets what the clocks counted. */
  void forget() {
    profile.reset();
    timedRuns = 0;
  }

  /** Nanoseconds a step of a lane in a step of the plan, less what its clock took. */
  double nanos(int step, int lane, double clockNanos) {
    return lane < plan.steps().get(step).tiles()
        ? Math.max(0, (double) profile.nanos(step, lane) / timedRuns - clockNanos)
        : 0;
  }

  /** Nanoseconds a step that a lane was between phases, less what the clocks took. */
  double betweenPhases(int lane, double clockNanos) {
    long phases =
        IntStream.range(0, plan.steps().size())
            .filter(s -> lane < plan.steps().get(s).tiles())
            .map(plan::phaseOf)
            .distinct()
            .count();
    return Math.max(0, (double) profile.betweenPhases(lane) / timedRuns - phases * clockNanos);
  }

  @Override
  public void close() {
    workers.close();
    data.close();
    memory.close();
  }
}
