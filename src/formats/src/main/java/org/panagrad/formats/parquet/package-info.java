/** Parquet files as tables. */
package org.panagrad.formats.parquet;
