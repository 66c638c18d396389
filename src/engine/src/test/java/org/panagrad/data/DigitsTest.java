package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DigitsTest {
  private static String sha256(Dataset data) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] pixels = new byte[data.featureCount()];
    for (int row = 0; row < data.size(); row++) {
      data.copyBytes(row, pixels);
      digest.update(pixels);
      digest.update((byte) data.label(row));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The same pixels and labels on every machine and for ever. */
  @Test
  void theSetsNeverChange() throws NoSuchAlgorithmException {
    try (Dataset train = Digits.train();
        Dataset test = Digits.test()) {
      assertEquals("digits: 12000 rows, 784 features, 10 classes", train.toString());
      assertEquals("digits test: 2000 rows, 784 features, 10 classes", test.toString());
      assertEquals(PictureShape.grey(28, 28), train.picture());
      assertEquals(PictureShape.grey(28, 28), test.picture());
      assertEquals(
          "4c418b514b914c96f0375ea08608d7099d061fa2cfd043b942902b3dc94c4259", sha256(train));
      assertEquals(
          "a7043e4e38fda4e40e68ccd736b30d9cda5587c635c4e77bb46260d3b1b4dcdf", sha256(test));
    }
  }

  @Test
  void noTestImageIsInTheTrainingSetAndNoneIsBlank() {
    try (Dataset train = Digits.train();
        Dataset test = Digits.test()) {
      Set<String> seen = new HashSet<>();
      byte[] pixels = new byte[train.featureCount()];
      for (Dataset data : new Dataset[] {train, test}) {
        int[] counts = new int[10];
        for (int row = 0; row < data.size(); row++) {
          data.copyBytes(row, pixels);
          assertTrue(seen.add(HexFormat.of().formatHex(pixels)), "row " + row + " is there twice");
          counts[data.label(row)]++;
          int dark = 0;
          for (byte pixel : pixels) {
            dark += (pixel & 0xFF) > 100 ? 1 : 0;
          }
          assertTrue(dark >= 10 && dark < 450, "row " + row + " has " + dark + " dark pixels");
        }
        for (int digit = 0; digit < 10; digit++) {
          assertEquals(data.size() / 10.0, counts[digit], data.size() / 50.0, "of " + digit);
        }
      }
    }
  }

  @Test
  void otherSeedsGiveOtherRows() throws NoSuchAlgorithmException {
    try (Dataset one = Digits.generate(1, 50);
        Dataset again = Digits.generate(1, 50);
        Dataset longer = Digits.generate(1, 60);
        Dataset two = Digits.generate(2, 50)) {
      assertEquals(sha256(one), sha256(again));
      assertEquals(sha256(one), sha256(longer.subset(0, 50)));
      assertNotEquals(sha256(one), sha256(two));
    }
    assertThrows(DataException.class, () -> Digits.generate(1, 0));
  }
}
