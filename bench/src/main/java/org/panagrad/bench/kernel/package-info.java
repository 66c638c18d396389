/** Benchmarks of the element-wise kernels. */
@NullMarked
package org.panagrad.bench.kernel;

import org.jspecify.annotations.NullMarked;
