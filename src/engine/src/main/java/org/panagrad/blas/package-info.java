/**
 * The BLAS operations the engine uses, as an interface: OpenBLAS behind it (the only importer of
 * the bindings), and a plain Java reference as the oracle.
 */
package org.panagrad.blas;
