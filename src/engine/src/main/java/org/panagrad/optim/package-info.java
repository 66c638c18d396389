/** Optimizers: how a parameter follows from its gradient. */
package org.panagrad.optim;
