/** The training loop: sessions, what they report, and what a trained model is to say of itself. */
package org.panagrad.train;
