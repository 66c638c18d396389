/** Whole training steps, through the public API. */
@NullMarked
package org.panagrad.bench.step;

import org.jspecify.annotations.NullMarked;
