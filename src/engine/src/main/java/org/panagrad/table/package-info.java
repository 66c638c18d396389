/** Rows of text columns, and what is learned of them so that they become numbers. */
@NullMarked
package org.panagrad.table;

import org.jspecify.annotations.NullMarked;
