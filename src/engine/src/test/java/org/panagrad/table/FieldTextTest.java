package org.panagrad.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldTextTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "?", "NA", "na", "N/A", "n/a", "NaN", "nan", "null", "NULL"})
  void whatSaysThatAValueIsMissing(String text) {
    assertTrue(FieldText.isMissing(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-", "Nas", "NAN1", "??", "Na", "none", "nulls"})
  void whatDoesNot(String text) {
    assertFalse(FieldText.isMissing(text));
  }

  @ParameterizedTest
  @CsvSource({"0,0", "-12,-12", "+3.5,3.5", "1e-3,0.001", "1E5,100000", ".5,0.5", "7.,7"})
  void numbers(String text, double number) {
    assertEquals(number, FieldText.number(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,5", "-0,25", "1,000,000", "1,234.5", "1.234,5", "2,5e3"})
  void numbersWithCommas(String text) {
    assertTrue(FieldText.isNumberWithCommas(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "1.5", "a,b", "1,x", "1.2.3,4"})
  void noNumbersWithCommas(String text) {
    assertFalse(FieldText.isNumberWithCommas(text));
  }

  /** Java's own parser takes the second to the eighth. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1d",
        "1f",
        "0x1p3",
        "Infinity",
        "NaN",
        " 1",
        "1 ",
        "1e999",
        "1,5",
        "1_000",
        "e5",
        "--1",
        "1-2",
        "1e",
        "twelve",
        "١٢"
      })
  void whatIsNoNumber(String text) {
    assertTrue(Double.isNaN(FieldText.number(text)), text);
  }
}
