/** What a command leaves: reports as text and JSON, tables, the records of a training. */
package org.panagrad.cli.output;
