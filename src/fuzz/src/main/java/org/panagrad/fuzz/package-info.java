/** Damaged copies of a file, and what a reader makes of them. */
@NullMarked
package org.panagrad.fuzz;

import org.jspecify.annotations.NullMarked;
