/** Many trainings: which settings are tried, side by side, and which of them came out best. */
package org.panagrad.sweep;
