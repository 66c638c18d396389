/** Options, in groups that commands share as mixins, and what they make for the engine. */
package org.panagrad.cli.option;
