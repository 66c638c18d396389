/** This engine as a contender, through its public API. */
@org.jspecify.annotations.NullMarked
package org.panagrad.bench.panagrad;
