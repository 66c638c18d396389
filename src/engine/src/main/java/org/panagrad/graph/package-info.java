/**
 * What is to be computed: shapes, values and operations. No memory and no order of execution; those
 * are the plan's.
 */
package org.panagrad.graph;
