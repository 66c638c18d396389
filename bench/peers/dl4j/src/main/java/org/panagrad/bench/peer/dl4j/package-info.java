/** Deeplearning4j as a contender. */
@org.jspecify.annotations.NullMarked
package org.panagrad.bench.peer.dl4j;
