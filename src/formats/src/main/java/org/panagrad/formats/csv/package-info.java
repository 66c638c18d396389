/** Tables in delimited text: CSV and TSV, plain or gzip. */
@NullMarked
package org.panagrad.formats.csv;

import org.jspecify.annotations.NullMarked;
