/** JMH benchmarks of the matrix products. */
@org.jspecify.annotations.NullMarked
package org.panagrad.bench.product;
