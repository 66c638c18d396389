/** The floor: the matrix products of a step through the engine's bindings, and nothing else. */
@org.jspecify.annotations.NullMarked
package org.panagrad.bench.floor;
