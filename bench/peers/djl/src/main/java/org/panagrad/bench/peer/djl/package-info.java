/** DJL as a contender. */
@org.jspecify.annotations.NullMarked
package org.panagrad.bench.peer.djl;
