/** The {@code panagrad} command: one class per subcommand, options shared by mixins. */
package org.panagrad.cli;
