/** The side-by-side run: starts the contenders, measures them in turn, reports. */
@org.jspecify.annotations.NullMarked
package org.panagrad.bench.compare;
