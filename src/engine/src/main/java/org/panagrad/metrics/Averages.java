package org.panagrad.metrics;

/** Precision, recall and F1 of all classes in one number each. */
public record Averages(double precision, double recall, double f1) {}
