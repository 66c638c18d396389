package org.panagrad.bench.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * One forward and one backward pass.
 *
 * @param x (batch, inputs)
 * @param targets (batch) of classes or (batch, outputs)
 * @param parameters of the network, in its order
 */
record GradientCase(
    String name,
    String text,
    Network network,
    Loss loss,
    NamedTensor x,
    NamedTensor targets,
    List<NamedTensor> parameters)
    implements Case {

  @Override
  public Map<String, Object> description() {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("description", text);
    description.put("layers", network.description());
    description.put("loss", loss.description());
    return description;
  }

  @Override
  public List<NamedTensor> given() {
    List<NamedTensor> given = new ArrayList<>();
    given.add(x);
    given.add(targets);
    given.addAll(parameters);
    return given;
  }

  @Override
  public List<NamedTensor> compute(ScalarType type) {
    Tensor input = Torch.tensor(x, type).set_requires_grad(true);
    List<Tensor> leaves =
        parameters.stream().map(p -> Torch.tensor(p, type).set_requires_grad(true)).toList();
    Tensor logits = network.forward(input, leaves);
    Tensor value = loss.of(logits, Torch.tensor(targets, type));
    value.backward();

    List<NamedTensor> results = new ArrayList<>();
    results.add(Torch.named("logits", logits));
    if (loss.name().equals("crossEntropy")) {
      results.add(Torch.named("probabilities", torch.softmax(logits, 1)));
    }
    results.add(Torch.named("loss", value));
    for (int i = 0; i < leaves.size(); i++) {
      results.add(Torch.named("grad." + parameters.get(i).name(), leaves.get(i).grad()));
    }
    results.add(Torch.named("grad.x", input.grad()));
    return results;
  }
}
