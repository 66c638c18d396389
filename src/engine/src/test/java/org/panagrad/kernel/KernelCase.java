package org.panagrad.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * One way of calling a kernel: x, y and z are blocks of one shape, targets a row of classes.
 *
 * @param columnwise whether it reads targets, so needs at least one row
 */
record KernelCase(String name, boolean columnwise, Call call) {
  static final float SLOPE = 0.01f;
  static final float GRADIENT_SCALE = 0.37f;
  static final long KEY = 0x1234_5678_9abc_def1L;

  /** Runs the kernel; what it returns, or 0, is compared too. */
  interface Call {
    double run(Kernels kernels, Block x, Block y, Block z, Block targets);
  }

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (Activation f : Activation.values()) {
      add(cases, "biasActivate " + f, (k, x, y, z, t) -> biasActivate(k, f, x, y, z));
      add(cases, "biasActivate in place " + f, (k, x, y, z, t) -> biasActivate(k, f, x, x, z));
      add(cases, "activate " + f, (k, x, y, z, t) -> activate(k, f, x, y));
      add(cases, "activate in place " + f, (k, x, y, z, t) -> activate(k, f, x, x));
      for (boolean accumulate : new boolean[] {false, true}) {
        String name = "activateBackward " + f + (accumulate ? " accumulating" : "");
        add(cases, name, (k, x, y, z, t) -> backward(k, f, x, y, z, accumulate));
      }
      add(
          cases,
          "activateBackward in place " + f,
          (k, x, y, z, t) -> backward(k, f, x, y, y, false));
    }
    for (boolean accumulate : new boolean[] {false, true}) {
      String suffix = accumulate ? " accumulating" : "";
      add(cases, "rowSums" + suffix, (k, x, y, z, t) -> rowSums(k, x, y, accumulate));
      add(cases, "copy" + suffix, (k, x, y, z, t) -> copy(k, x, y, accumulate));
      add(cases, "dropout" + suffix, (k, x, y, z, t) -> dropout(k, x, y, accumulate));
    }
    add(cases, "dropout in place", (k, x, y, z, t) -> dropout(k, x, x, false));
    add(cases, "add", (k, x, y, z, t) -> addBlocks(k, x, y, z));
    add(cases, "add in place", (k, x, y, z, t) -> addBlocks(k, x, y, x));
    for (ElementLoss loss : ElementLoss.values()) {
      add(cases, "elementLoss " + loss, (k, x, y, z, t) -> elementLoss(k, loss, x, y, z));
      add(cases, "weightedElementLoss " + loss, (k, x, y, z, t) -> weighted(k, loss, x, y, t, z));
      add(
          cases,
          "weightedElementLoss in place " + loss,
          (k, x, y, z, t) -> weighted(k, loss, x, y, t, x));
      add(cases, "elementLoss in place " + loss, (k, x, y, z, t) -> elementLoss(k, loss, x, y, x));
    }
    NormCalls.addTo(cases);
    add(cases, "softmax", (k, x, y, z, t) -> softmax(k, x, y));
    add(cases, "softmax in place", (k, x, y, z, t) -> softmax(k, x, x));
    add(cases, "cross-entropy dense", (k, x, y, z, t) -> dense(k, x, y, z));
    add(cases, "cross-entropy dense in place", (k, x, y, z, t) -> dense(k, x, y, x));
    cases.add(new KernelCase("cross-entropy", true, (k, x, y, z, t) -> crossEntropy(k, x, t, y)));
    cases.add(
        new KernelCase(
            "cross-entropy in place", true, (k, x, y, z, t) -> crossEntropy(k, x, t, x)));
    cases.add(new KernelCase("countCorrect", true, (k, x, y, z, t) -> countCorrect(k, x, t)));
    addRanges(cases);
    return cases;
  }

  /** The kernels over ranges take the first row. */
  private static void addRanges(List<KernelCase> cases) {
    for (float decay : new float[] {0f, 0.01f}) {
      String suffix = " decay " + decay;
      add(cases, "sgd" + suffix, (k, x, y, z, t) -> sgd(k, x, y, decay));
      for (boolean nesterov : new boolean[] {false, true}) {
        String name = (nesterov ? "nesterov" : "momentum") + suffix;
        add(cases, name, (k, x, y, z, t) -> momentum(k, x, y, z, nesterov, decay));
      }
      add(cases, "rmsProp" + suffix, (k, x, y, z, t) -> rmsProp(k, x, y, z, decay));
      for (boolean decoupled : new boolean[] {false, true}) {
        String name = (decoupled ? "adamW" : "adam") + suffix;
        add(cases, name, (k, x, y, z, t) -> adam(k, x, y, z, t, decoupled, decay));
      }
    }
    add(cases, "bytesToFloats", (k, x, y, z, t) -> bytesToFloats(k, x, y));
    add(cases, "scaleShift", (k, x, y, z, t) -> scaleShift(k, y));
    add(cases, "clamp", (k, x, y, z, t) -> clamp(k, y));
    add(cases, "addSigns", (k, x, y, z, t) -> addSigns(k, x, y));
    add(cases, "allFinite", (k, x, y, z, t) -> allFinite(k, x) ? 1 : 0);
    add(cases, "sumOfSquares", (k, x, y, z, t) -> sumOfSquares(k, x));
  }

  private static void add(List<KernelCase> cases, String name, Call call) {
    cases.add(new KernelCase(name, false, call));
  }

  /** The bias is the first row of its block, so there are no more rows than it has columns. */
  static double biasActivate(Kernels k, Activation f, Block x, Block y, Block bias) {
    k.biasActivate(
        f,
        SLOPE,
        x.segment,
        x.offset(),
        x.ld,
        bias.segment,
        bias.offset(),
        y.segment,
        y.offset(),
        y.ld,
        Math.min(x.rows, x.cols),
        x.cols);
    return 0;
  }

  static double activate(Kernels k, Activation f, Block x, Block y) {
    k.activate(f, SLOPE, x.segment, x.offset(), x.ld, y.segment, y.offset(), y.ld, x.rows, x.cols);
    return 0;
  }

  static double backward(Kernels k, Activation f, Block saved, Block dy, Block dx, boolean add) {
    k.activateBackward(
        f,
        SLOPE,
        saved.segment,
        saved.offset(),
        saved.ld,
        dy.segment,
        dy.offset(),
        dy.ld,
        dx.segment,
        dx.offset(),
        dx.ld,
        dx.rows,
        dx.cols,
        add);
    return 0;
  }

  /** The sums go into the first row of out, as far as they fit. */
  static double rowSums(Kernels k, Block x, Block out, boolean accumulate) {
    k.rowSums(
        x.segment,
        x.offset(),
        x.ld,
        out.segment,
        out.offset(),
        Math.min(x.rows, x.cols),
        x.cols,
        accumulate);
    return 0;
  }

  static double copy(Kernels k, Block x, Block y, boolean accumulate) {
    k.copy(x.segment, x.offset(), x.ld, y.segment, y.offset(), y.ld, x.rows, x.cols, accumulate);
    return 0;
  }

  static double addBlocks(Kernels k, Block x, Block y, Block z) {
    k.add(
        x.segment,
        x.offset(),
        x.ld,
        y.segment,
        y.offset(),
        y.ld,
        z.segment,
        z.offset(),
        z.ld,
        x.rows,
        x.cols);
    return 0;
  }

  static double dropout(Kernels k, Block x, Block y, boolean accumulate) {
    k.dropout(
        x.segment,
        x.offset(),
        x.ld,
        y.segment,
        y.offset(),
        y.ld,
        x.rows,
        x.cols,
        KEY,
        -5,
        x.cols + 3,
        0.3f,
        accumulate);
    return 0;
  }

  static double softmax(Kernels k, Block x, Block y) {
    k.softmax(x.segment, x.offset(), x.ld, y.segment, y.offset(), y.ld, x.rows, x.cols);
    return 0;
  }

  static double crossEntropy(Kernels k, Block x, Block targets, Block dx) {
    return k.softmaxCrossEntropy(
        x.segment,
        x.offset(),
        x.ld,
        targets.segment,
        targets.offset(),
        dx.segment,
        dx.offset(),
        dx.ld,
        x.rows,
        x.cols,
        GRADIENT_SCALE);
  }

  static double dense(Kernels k, Block x, Block targets, Block dx) {
    return k.softmaxCrossEntropyDense(
        x.segment,
        x.offset(),
        x.ld,
        targets.segment,
        targets.offset(),
        targets.ld,
        dx.segment,
        dx.offset(),
        dx.ld,
        x.rows,
        x.cols,
        GRADIENT_SCALE);
  }

  static double elementLoss(Kernels k, ElementLoss loss, Block x, Block target, Block dx) {
    return k.elementLoss(
        loss,
        0.8f,
        x.segment,
        x.offset(),
        x.ld,
        target.segment,
        target.offset(),
        target.ld,
        dx.segment,
        dx.offset(),
        dx.ld,
        x.rows,
        x.cols,
        GRADIENT_SCALE);
  }

  /** The weights are the first row of their block. */
  static double weighted(
      Kernels k, ElementLoss loss, Block x, Block target, Block weights, Block dx) {
    if (x.rows == 0) {
      return 0;
    }
    return k.weightedElementLoss(
        loss,
        0.8f,
        x.segment,
        x.offset(),
        x.ld,
        target.segment,
        target.offset(),
        target.ld,
        weights.segment,
        weights.offset(),
        dx.segment,
        dx.offset(),
        dx.ld,
        x.rows,
        x.cols,
        GRADIENT_SCALE);
  }

  static int countCorrect(Kernels k, Block x, Block targets) {
    return k.countCorrect(
        x.segment, x.offset(), x.ld, targets.segment, targets.offset(), x.rows, x.cols);
  }

  private static int count(Block x) {
    return x.rows == 0 ? 0 : x.cols;
  }

  static double sgd(Kernels k, Block w, Block g, float decay) {
    k.sgd(w.segment, w.offset(), g.segment, g.offset(), count(w), 0.1f, decay);
    return 0;
  }

  static double momentum(Kernels k, Block w, Block g, Block v, boolean nesterov, float decay) {
    k.momentum(
        w.segment,
        w.offset(),
        g.segment,
        g.offset(),
        v.segment,
        v.offset(),
        count(w),
        0.1f,
        0.9f,
        nesterov,
        decay);
    return 0;
  }

  static double rmsProp(Kernels k, Block w, Block g, Block s, float decay) {
    k.rmsProp(
        w.segment,
        w.offset(),
        g.segment,
        g.offset(),
        s.segment,
        s.offset(),
        count(w),
        0.01f,
        0.99,
        1e-8f,
        decay);
    return 0;
  }

  static double adam(
      Kernels k, Block w, Block g, Block m, Block v, boolean decoupled, float decay) {
    k.adam(
        w.segment,
        w.offset(),
        g.segment,
        g.offset(),
        m.segment,
        m.offset(),
        v.segment,
        v.offset(),
        count(w),
        0.01f,
        0.9,
        0.999,
        1e-8f,
        decay,
        decoupled,
        0.02f,
        5.3f);
    return 0;
  }

  static double bytesToFloats(Kernels k, Block x, Block y) {
    k.bytesToFloats(x.segment, x.offset() + 1, y.segment, y.offset(), count(x), 1 / 255f, -0.5f);
    return 0;
  }

  static double scaleShift(Kernels k, Block y) {
    k.scaleShift(y.segment, y.offset(), count(y), 1 / 3f, -0.5f);
    return 0;
  }

  static double clamp(Kernels k, Block g) {
    k.clamp(g.segment, g.offset(), count(g), 0.7f);
    return 0;
  }

  static double addSigns(Kernels k, Block w, Block g) {
    k.addSigns(w.segment, w.offset(), g.segment, g.offset(), count(w), 0.3f);
    return 0;
  }

  static boolean allFinite(Kernels k, Block x) {
    return k.allFinite(x.segment, x.offset(), count(x));
  }

  static double sumOfSquares(Kernels k, Block x) {
    return k.sumOfSquares(x.segment, x.offset(), count(x));
  }
}
