package org.panagrad.bench.peer.onnxruntime;

import org.panagrad.bench.contender.BenchData;
import org.panagrad.bench.contender.Workload;

/**
 * A workload's network as an ONNX model: Gemm and Relu in turn, from "x" (n, inputs) to logits. The
 * field numbers are those of onnx.proto.
 */
final class PerceptronModel {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 13;
  private static final int FLOAT = 1;
  private static final int INT_ATTRIBUTE = 2;

  private PerceptronModel() {}

  static byte[] of(BenchData data) {
    Workload w = data.workload();
    Protobuf graph = new Protobuf();
    String from = "x";
    for (int l = 0; l < w.layers(); l++) {
      boolean last = l == w.layers() - 1;
      String to = last ? "logits" : "z" + l;
      graph.message(1, gemm(from, "w" + l, "b" + l, to));
      from = to;
      if (!last) {
        from = "y" + l;
        graph.message(1, new Protobuf().text(1, to).text(2, from).text(4, "Relu"));
      }
    }
    graph.text(2, "perceptron");
    for (int l = 0; l < w.layers(); l++) {
      graph.message(5, tensor("w" + l, data.weight(l), w.out(l), w.in(l)));
      graph.message(5, tensor("b" + l, data.bias(l), w.out(l)));
    }
    graph.message(11, value("x", w.inputs()));
    graph.message(12, value("logits", w.outputs()));
    return new Protobuf()
        .number(1, IR_VERSION)
        .message(7, graph)
        .message(8, new Protobuf().text(1, "").number(2, OPSET))
        .toBytes();
  }

  /** out = x W^T + b. */
  private static Protobuf gemm(String x, String weight, String bias, String out) {
    return new Protobuf()
        .text(1, x)
        .text(1, weight)
        .text(1, bias)
        .text(2, out)
        .text(4, "Gemm")
        .message(5, new Protobuf().text(1, "transB").number(3, 1).number(20, INT_ATTRIBUTE));
  }

  private static Protobuf tensor(String name, float[] values, int... shape) {
    Protobuf tensor = new Protobuf();
    for (int extent : shape) {
      tensor.number(1, extent);
    }
    return tensor.number(2, FLOAT).text(8, name).floats(9, values);
  }

  /** A float tensor of (n, width). */
  private static Protobuf value(String name, int width) {
    Protobuf shape =
        new Protobuf()
            .message(1, new Protobuf().text(2, "n"))
            .message(1, new Protobuf().number(1, width));
    Protobuf type = new Protobuf().number(1, FLOAT).message(2, shape);
    return new Protobuf().text(1, name).message(2, new Protobuf().message(1, type));
  }
}
