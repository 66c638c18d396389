/** Medians over interleaved rounds, and the command line they are asked for by. */
@NullMarked
package org.panagrad.bench.measure;

import org.jspecify.annotations.NullMarked;
