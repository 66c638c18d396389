package org.panagrad.bench.compare;

import java.util.List;
import java.util.Map;

/**
 * One setting of a contender: how its process is started.
 *
 * @param name of the setting: "OpenBLAS 2 threads"
 * @param command the process and its arguments
 * @param environment what is set besides what the run hands on
 */
record Variant(String name, List<String> command, Map<String, String> environment) {}
