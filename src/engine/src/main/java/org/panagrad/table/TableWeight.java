package org.panagrad.table;

/**
 * The column that said how much each training row counts; it is no feature.
 *
 * @param name of the column in the training table
 * @param position there, from 0
 */
public record TableWeight(String name, int position) {}
