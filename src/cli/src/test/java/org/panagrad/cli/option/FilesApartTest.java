package org.panagrad.cli.option;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyArrays;
import org.panagrad.cli.TinyData;

/** No command writes over what it reads. */
class FilesApartTest {
  @TempDir Path dir;

  /** Files by their names, in the words of a command line. */
  private Object[] words(String line) {
    return Arrays.stream(line.split(" "))
        .map(word -> word.startsWith("@") ? dir.resolve(word.substring(1)).toString() : word)
        .toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "convert @a.csv --out @a.csv,INPUT",
    "convert @b.csv @a.csv --out @a.csv,INPUT",
    "convert @b.csv --schema-from @a.csv --out @a.csv,--schema-from",
    "convert @x.npy --labels @y.npy --out @y.npy,--labels",
    "convert @idx --out @idx/train-images-idx3-ubyte,INPUT",
    "convert @pictures --out @pictures/cat/0.png,INPUT",
    "train --data @x.npy --labels @y.npy --out @y.npy,--labels",
    "train --data @idx --out @idx/train-labels-idx1-ubyte,--data",
    "train --data @a.csv --validation @b.csv --json @b.csv,--validation",
    "train --data @x.npy --labels @y.npy --test @xt.npy --test-labels @yt.npy --json @yt.npy"
        + ",--test-labels",
    "train --data @x.npy --labels @y.npy --validation @xt.npy --validation-labels @yt.npy"
        + " --report @yt.npy,--validation-labels",
    "doctor --data @a.csv --test @b.csv --json @b.csv,--test",
    "lr-find --data @a.csv --test @b.csv --json @b.csv,--test",
    "cross-validate --data @x.npy --labels @y.npy --json @y.npy,--labels",
    "evaluate --model @a.csv --data @x.npy --labels @y.npy --json @y.npy,--labels",
    "evaluate --model @b.csv --data @a.csv --json @b.csv,--model",
    "predict --model @b.csv --input @a.csv --output @a.csv,--input",
    "sweep --spec @spec.json --out @s --json @spec.json,--spec",
    "sweep --spec @spec.json --out @s --json @a.csv,--data",
    "sweep --spec @spec.json --out @s --json @s/best.json,--out",
  })
  void whatIsReadIsNotWrittenOver(String line, String by) throws IOException {
    Files.writeString(dir.resolve("a.csv"), "a,b,y\n1,2,x\n2,1,z\n1,3,x\n");
    Files.copy(dir.resolve("a.csv"), dir.resolve("b.csv"));
    for (String name : new String[] {"x", "xt"}) {
      Files.write(dir.resolve(name + ".npy"), TinyArrays.features(8));
      Files.write(dir.resolve(name.replace('x', 'y') + ".npy"), TinyArrays.labels(8));
    }
    TinyData.USUAL.in(dir.resolve("idx"));
    TinyArrays.pictures(dir.resolve("pictures"), 4, "cat", "dog");
    Files.writeString(
        dir.resolve("spec.json"),
        "{\"options\":{\"data\":\""
            + dir.resolve("a.csv")
            + "\",\"validation-split\":0.3},\"search\":{\"hidden\":[4]}}");
    Object[] words = words(line);
    Path written = Path.of(words[words.length - 1].toString());
    byte[] before = Files.exists(written) ? Files.readAllBytes(written) : new byte[0];
    Run.of(words)
        .isMisused(
            written + ": expected a file of its own, found that of " + by + "; name another");
    if (Files.exists(written)) {
      assertArrayEquals(before, Files.readAllBytes(written));
    }
  }

  /** What is written beside the files of a folder of data is none of them. */
  @Test
  void aFolderOfDataMayTakeTheModel() throws IOException {
    Path data = TinyData.USUAL.in(dir.resolve("idx"));
    for (int run = 0; run < 2; run++) {
      Run.train("--data", data, "--out", data.resolve("model.st")).succeeds();
    }
  }
}
