package org.panagrad.plan.op;

import org.panagrad.blas.JavaBlas;
import org.panagrad.kernel.KernelSets;
import org.panagrad.nn.Network;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.plan.Plan;

/** Plans that are looked at and never run. */
final class Plans {
  private Plans() {}

  static Plan of(Network network, CompileOptions options) {
    return GraphCompiler.compile(
            network.graph(),
            new ParameterLayout(network.graph()),
            options,
            new JavaBlas(),
            KernelSets.select())
        .plan();
  }
}
