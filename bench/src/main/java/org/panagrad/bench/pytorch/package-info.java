/** PyTorch's C++ library from Maven Central, through JavaCPP, as a contender. */
@org.jspecify.annotations.NullMarked
package org.panagrad.bench.pytorch;
