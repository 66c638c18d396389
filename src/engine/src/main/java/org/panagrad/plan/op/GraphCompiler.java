package org.panagrad.plan.op;

import org.panagrad.blas.Blas;
import org.panagrad.graph.Activate;
import org.panagrad.graph.Add;
import org.panagrad.graph.BatchNorm;
import org.panagrad.graph.Dropout;
import org.panagrad.graph.Graph;
import org.panagrad.graph.LayerNorm;
import org.panagrad.graph.Linear;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;
import org.panagrad.graph.Operation;
import org.panagrad.graph.Softmax;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.plan.Plan;

/** Turns a graph into a plan. */
// For a switch over types Java makes a class at run time, which is 10 ms of a start.
@SuppressWarnings("IfChainToSwitch")
public final class GraphCompiler {
  private GraphCompiler() {}

  /** Compiles; nothing is allocated but the description. */
  public static CompiledGraph compile(
      Graph graph, ParameterLayout layout, CompileOptions options, Blas blas, Kernels kernels) {
    Lowering l = new Lowering(graph, layout, options, blas, kernels);
    Loss loss = options.loss();
    int outputs = graph.output().shape().elements();
    Buffer labels =
        loss != null && options.labels()
            ? Buffer.workspace("labels", 1, options.batchSize(), true)
            : null;
    Buffer targets =
        loss != null && needsTargets(loss, options)
            ? Buffer.workspace("targets", outputs, options.batchSize(), true)
            : null;
    Buffer weights =
        loss != null && TargetSteps.weighs(loss, options)
            ? Buffer.workspace("weights", 1, options.batchSize(), true)
            : null;
    FeedSteps.forward(
        l,
        l.input(),
        labels,
        loss != null && feedsTargets(loss, options) ? targets : null,
        options.weighted() ? weights : null);
    if (loss != null) {
      TargetSteps.forward(l, loss, labels, targets, weights);
    }
    for (Operation op : graph.operations()) {
      forward(l, op);
    }
    Buffer output = l.activation(graph.output());
    if (loss == null) {
      return new CompiledGraph(
          Plan.of(l.steps(), options.partitions()), l.input(), output, null, null, null, null);
    }
    Buffer slots = Buffer.workspace("loss", l.batchColumns().tiles(), LossSteps.SLOT, true);
    LossSteps.forward(l, loss, output, labels, targets, weights, l.gradient(graph.output()), slots);
    l.lossIn(slots);
    Buffer inputGradient = null;
    Buffer gradientNorm = null;
    if (options.backward()) {
      l.accumulates(graph.output());
      for (Operation op : graph.operations().reversed()) {
        if (l.wantsGradient(op.output())) {
          backward(l, op);
        }
      }
      gradientNorm = l.updateClipped();
      inputGradient = options.inputGradient() ? l.gradient(graph.input()) : null;
    }
    return new CompiledGraph(
        Plan.of(l.steps(), options.partitions()),
        l.input(),
        output,
        loss,
        slots,
        inputGradient,
        gradientNorm);
  }

  private static boolean feedsTargets(Loss loss, CompileOptions options) {
    return !(options.labels() && loss.function() == LossFunction.CROSS_ENTROPY);
  }

  private static boolean needsTargets(Loss loss, CompileOptions options) {
    return feedsTargets(loss, options) || TargetSteps.softens(loss, options);
  }

  private static void forward(Lowering l, Operation op) {
    if (l.isAbsorbed(op)) {
      return;
    }
    if (op instanceof Linear linear) {
      LinearSteps.forward(l, linear);
    } else if (op instanceof Activate activate) {
      ActivateSteps.forward(l, activate);
    } else if (op instanceof Dropout dropout) {
      DropoutSteps.forward(l, dropout);
    } else if (op instanceof Softmax softmax) {
      SoftmaxSteps.forward(l, softmax);
    } else if (op instanceof Add add) {
      AddSteps.forward(l, add);
    } else if (op instanceof BatchNorm norm) {
      BatchNormSteps.forward(l, norm);
    } else if (op instanceof LayerNorm norm) {
      LayerNormSteps.forward(l, norm);
    } else {
      throw unknown(op);
    }
  }

  private static void backward(Lowering l, Operation op) {
    if (op instanceof Linear linear) {
      LinearSteps.backward(l, linear);
    } else if (op instanceof Activate activate) {
      ActivateSteps.backward(l, activate);
    } else if (op instanceof Dropout dropout) {
      DropoutSteps.backward(l, dropout);
    } else if (op instanceof Softmax softmax) {
      throw new IllegalArgumentException(
          softmax.path()
              + " (softmax): no gradient goes through it; end the network in logits and train"
              + " with the cross-entropy, which takes the softmax itself");
    } else if (op instanceof Add add) {
      AddSteps.backward(l, add);
    } else if (op instanceof BatchNorm norm) {
      BatchNormSteps.backward(l, norm);
    } else if (op instanceof LayerNorm norm) {
      LayerNormSteps.backward(l, norm);
    } else {
      throw unknown(op);
    }
  }

  private static AssertionError unknown(Operation op) {
    return new AssertionError("no steps for " + op.describe() + ": add them to this class");
  }
}
