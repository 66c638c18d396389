/** Writes the values that PyTorch computes, for the engine's tests to compare theirs with. */
@NullMarked
package org.panagrad.bench.golden;

import org.jspecify.annotations.NullMarked;
