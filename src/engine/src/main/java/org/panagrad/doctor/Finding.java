package org.panagrad.doctor;

/**
 * What one check came to.
 *
 * @param severity how bad it is
 * @param check its name, the same in every run: {@code first loss}
 * @param text one line in plain words: what was found, with the number, and what to do about it
 * @param value the number it was decided by; NaN where there is none
 */
public record Finding(Severity severity, String check, String text, double value) {}
