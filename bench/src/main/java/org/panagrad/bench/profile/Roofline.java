package org.panagrad.bench.profile;

import java.util.List;

/**
 * The machine's limits and the steps under them.
 *
 * @param nearCopy bytes a nanosecond of all threads copying within 512 KiB each
 * @param farCopy the same within 256 MiB, beyond the caches
 */
record Roofline(Limits limits, double nearCopy, double farCopy, List<StepFigures> figures) {}
