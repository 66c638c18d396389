package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CheckpointPolicyTest {
  @Test
  void whatIsLongerThanNanosecondsCountNeverComes() {
    CheckpointPolicy longer = new CheckpointPolicy(0, Duration.ofHours(9_999_999));
    assertFalse(longer.isDue(1, 0, Long.MAX_VALUE));
    CheckpointPolicy longest = new CheckpointPolicy(0, Duration.ofNanos(Long.MAX_VALUE));
    assertTrue(longest.isDue(1, 0, Long.MAX_VALUE));
    assertFalse(longest.isDue(1, 0, Long.MAX_VALUE - 1));
  }
}
