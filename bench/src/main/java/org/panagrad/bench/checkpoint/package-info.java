/** What keeping checkpoints costs a training. */
@NullMarked
package org.panagrad.bench.checkpoint;

import org.jspecify.annotations.NullMarked;
