/**
 * Element-wise and reduction kernels: one interface, a Vector API implementation and a scalar one
 * that give the same bits.
 */
package org.panagrad.kernel;
