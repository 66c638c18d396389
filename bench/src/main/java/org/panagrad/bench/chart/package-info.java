/** Pictures in SVG: axes, series, and colours that follow the reader's scheme. */
@NullMarked
package org.panagrad.bench.chart;

import org.jspecify.annotations.NullMarked;
