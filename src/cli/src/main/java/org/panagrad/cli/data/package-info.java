/** Reads the data that options name. */
package org.panagrad.cli.data;
