/** What the contenders of the side-by-side run share: workloads, their data, the line protocol. */
@org.jspecify.annotations.NullMarked
package org.panagrad.bench.contender;
