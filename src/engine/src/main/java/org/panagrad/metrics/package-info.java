/** How good outputs are: what is counted while a network goes through a data set, off the heap. */
@NullMarked
package org.panagrad.metrics;

import org.jspecify.annotations.NullMarked;
