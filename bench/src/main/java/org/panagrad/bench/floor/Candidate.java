package org.panagrad.bench.floor;

import java.util.List;

/**
 * One way to make the calls of a step.
 *
 * @param name of layout and cuts, for the report
 * @param phases of phase, caller: the calls
 */
record Candidate(String name, List<List<List<Sgemm>>> phases) {}
