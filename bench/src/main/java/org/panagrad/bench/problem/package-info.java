/** What the engine is measured on when it is measured alone: networks and rows of noise. */
@NullMarked
package org.panagrad.bench.problem;

import org.jspecify.annotations.NullMarked;
