package org.panagrad.plan.op;

import org.panagrad.blas.Blas;
import org.panagrad.blas.JavaBlas;
import org.panagrad.kernel.KernelSets;
import org.panagrad.nn.Network;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.plan.Plan;

/** Plans that are looked at and never run. */
final class Plans {
  private Plans() {}

  static Plan of(Network network, CompileOptions options) {
    return of(network, options, new JavaBlas());
  }

  static Plan of(Network network, CompileOptions options, Blas blas) {
    return GraphCompiler.compile(
            network.graph(),
            new ParameterLayout(network.graph()),
            options,
            blas,
            KernelSets.select())
        .plan();
  }
}
