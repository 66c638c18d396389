/** Where a step's time goes, and how near that is to what the machine can do. */
@NullMarked
package org.panagrad.bench.profile;

import org.jspecify.annotations.NullMarked;
