/** Cost of a sample against the size of the network and of the batch. */
@NullMarked
package org.panagrad.bench.scaling;

import org.jspecify.annotations.NullMarked;
