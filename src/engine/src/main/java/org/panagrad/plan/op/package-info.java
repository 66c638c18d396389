/**
 * How each operation runs: forward and backward side by side, one class per operation, and the
 * compiler that walks a graph through them.
 */
package org.panagrad.plan.op;
