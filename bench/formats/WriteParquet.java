import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Writes Parquet files with DuckDB: those that the tests of org.panagrad.formats.parquet read, the
 * table of the command's tests, or one from a CSV file with a header.
 *
 * <p>usage: java -cp duckdb_jdbc.jar bench/formats/WriteParquet.java
 * src/formats/src/test/resources/org/panagrad/formats/parquet
 *
 * <p>java -cp duckdb_jdbc.jar bench/formats/WriteParquet.java people
 * src/cli/src/test/resources/org/panagrad/cli/command
 *
 * <p>java -cp duckdb_jdbc.jar bench/formats/WriteParquet.java FILE.csv FILE.parquet
 */
final class WriteParquet {
  private WriteParquet() {}

  public static void main(String[] args) throws SQLException {
    if (args.length == 2) {
      try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
          Statement sql = duckdb.createStatement()) {
        if (args[0].equals("people")) {
          people(sql, Path.of(args[1]));
        } else {
          write(sql, "FROM read_csv('" + args[0] + "', header = true)", Path.of(args[1]), "snappy");
        }
      }
      return;
    }
    Path out = Path.of(args[0]);
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement sql = duckdb.createStatement()) {
      sql.execute(
          """
          CREATE TABLE rows AS SELECT
            CAST(i AS INTEGER) AS "whole",
            CAST(i * 1000000007 AS BIGINT) AS "long",
            CAST(i % 200 AS UTINYINT) AS "small",
            CAST(i / 8.0 AS FLOAT) AS "single",
            CASE WHEN i % 7 = 3 THEN NULL ELSE i / 16.0::DOUBLE END AS "double",
            i % 2 = 0 AS "truth",
            CASE WHEN i % 5 = 4 THEN NULL ELSE ['red', 'green', 'größer, "quoted"'][i % 3 + 1] END AS "text",
            DATE '2026-01-01' + CAST(i AS INTEGER) AS "day",
            CAST(i / 4.0 AS DECIMAL(9, 2)) AS "money"
          FROM range(50) t(i)\
          """);
      for (String codec : new String[] {"uncompressed", "snappy", "zstd", "gzip", "lz4_raw"}) {
        write(sql, "SELECT * FROM rows", out.resolve(codec + ".parquet"), codec);
      }
      write(
          sql,
          "SELECT i % 3 AS few, i AS many FROM range(5000) t(i)",
          out.resolve("groups.parquet"),
          "snappy, ROW_GROUP_SIZE 2048");
      write(
          sql,
          "SELECT i AS a, [i, i + 1] AS b FROM range(3) t(i)",
          out.resolve("list.parquet"),
          "snappy");
      write(
          sql,
          "SELECT {'x': i, 'y': 2} AS s FROM range(3) t(i)",
          out.resolve("struct.parquet"),
          "snappy");
      write(sql, "SELECT i AS a FROM range(0) t(i)", out.resolve("empty.parquet"), "snappy");
    }
  }

  /** Numbers, texts and gaps, once as text and once as Parquet. */
  private static void people(Statement sql, Path out) throws SQLException {
    sql.execute(
        """
        CREATE TABLE people AS SELECT
          CAST(20 + i * 7919 % 40 AS INTEGER) AS age,
          ['clerk', 'smith', 'baker', 'cook'][i * 31 % 4 + 1] AS job,
          CASE WHEN i % 11 = 5 THEN NULL ELSE CAST(30 + i * 104729 % 20 AS BIGINT) END AS hours,
          CASE WHEN i % 13 = 7 THEN NULL ELSE (i * 7907 % 1000) / 8.0::DOUBLE END AS share,
          CASE WHEN i * 31 % 4 = 1 OR i * 7919 % 40 > 25 THEN 'yes' ELSE 'no' END AS rich
        FROM range(300) t(i)\
        """);
    sql.execute("COPY people TO '" + out.resolve("people.csv") + "' (FORMAT csv, HEADER)");
    write(sql, "FROM people", out.resolve("people.parquet"), "snappy");
  }

  private static void write(Statement sql, String query, Path file, String codec)
      throws SQLException {
    sql.execute(
        "COPY (" + query + ") TO '" + file + "' (FORMAT parquet, COMPRESSION " + codec + ")");
  }
}
