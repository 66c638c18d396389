/** Checks a network, its data and its settings before a long training, and says what is wrong. */
package org.panagrad.doctor;
