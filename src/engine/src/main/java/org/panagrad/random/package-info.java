/** Random numbers whose bits are the same on every machine and in every version. */
package org.panagrad.random;
