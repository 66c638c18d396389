/** ONNX Runtime as a contender. */
@org.jspecify.annotations.NullMarked
package org.panagrad.bench.peer.onnxruntime;
