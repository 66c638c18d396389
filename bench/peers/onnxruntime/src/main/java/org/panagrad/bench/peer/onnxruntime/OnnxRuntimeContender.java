package org.panagrad.bench.peer.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.bench.contender.BenchData;
import org.panagrad.bench.contender.Contender;
import org.panagrad.bench.contender.Losses;
import org.panagrad.bench.contender.Serve;
import org.panagrad.bench.contender.Workload;

/**
 * ONNX Runtime, which predicts only. Inputs and outputs are direct buffers bound once; the first
 * argument is the number of its threads.
 */
final class OnnxRuntimeContender implements Contender {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final int threads;
  private final Map<Integer, Call> calls = new HashMap<>();
  private @Nullable OrtSession session;
  private @Nullable BenchData data;

  private OnnxRuntimeContender(int threads) {
    this.threads = threads;
  }

  public static void main(String[] args) {
    int threads = Integer.parseInt(args[0]);
    Serve.run(() -> new OnnxRuntimeContender(threads));
  }

  /**
   * Tensors over memory that stays.
   *
   * @param values (rows, outputs)
   */
  private record Call(
      Map<String, OnnxTensor> in, Map<String, OnnxTensor> out, FloatBuffer values) {}

  @Override
  public String about() {
    return "ONNX Runtime " + environment.getVersion() + ", " + threads + " threads";
  }

  @Override
  public void prepare(BenchData from) throws OrtException {
    data = from;
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    session = environment.createSession(PerceptronModel.of(from), options);
  }

  private Call call(int rows) throws OrtException {
    Call made = calls.get(rows);
    if (made == null) {
      BenchData from = Objects.requireNonNull(data);
      Workload w = from.workload();
      FloatBuffer x = direct(rows * w.inputs()).put(from.features(0, rows)).flip();
      FloatBuffer y = direct(rows * w.outputs());
      made =
          new Call(
              Map.of("x", OnnxTensor.createTensor(environment, x, new long[] {rows, w.inputs()})),
              Map.of(
                  "logits",
                  OnnxTensor.createTensor(environment, y, new long[] {rows, w.outputs()})),
              y);
      calls.put(rows, made);
    }
    return made;
  }

  private static FloatBuffer direct(int count) {
    return ByteBuffer.allocateDirect(count * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  @Override
  public void train(int steps) {
    throw new UnsupportedOperationException("it does not train");
  }

  /** Of the starting weights, as it does not change them. */
  @Override
  public double loss() throws OrtException {
    BenchData from = Objects.requireNonNull(data);
    int rows = from.workload().batch();
    predict(rows, 1);
    FloatBuffer values = call(rows).values();
    float[] logits = new float[values.capacity()];
    values.get(0, logits);
    return Losses.crossEntropy(logits, from.labels(0, rows));
  }

  @Override
  public void predict(int rows, int times) throws OrtException {
    Call call = call(rows);
    OrtSession s = Objects.requireNonNull(session);
    for (int i = 0; i < times; i++) {
      s.run(call.in(), call.out()).close();
    }
  }

  @Override
  public void close() {
    try {
      if (session != null) {
        session.close();
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
