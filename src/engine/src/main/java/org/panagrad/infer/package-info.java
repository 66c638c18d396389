/** Prediction by an immutable model, from any number of threads. */
package org.panagrad.infer;
