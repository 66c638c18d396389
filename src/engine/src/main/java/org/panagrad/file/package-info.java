/** Files written whole or not at all, and the errors that say what is wrong with a file. */
package org.panagrad.file;
