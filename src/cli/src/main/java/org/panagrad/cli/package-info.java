/** The {@code panagrad} command: the way in, and how errors are told. */
package org.panagrad.cli;
