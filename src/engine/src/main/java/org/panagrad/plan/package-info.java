/**
 * Where and in which order things are computed: buffers with lifetimes become offsets, steps with
 * accesses become phases, and both together an immutable program that the workers run. Nothing here
 * knows an operation; those are in the {@code op} package.
 */
package org.panagrad.plan;
