/**
 * What is shown while it runs: bars, lines and curves on a terminal, and how an interruption ends
 * it.
 */
package org.panagrad.cli.terminal;
