/** One class per subcommand. */
package org.panagrad.cli.command;
