/** Listeners of a training that write what is to be looked at. */
package org.panagrad.report;
