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
  /** What the kinds of columns above leave out: negative, the least or largest, and null. */
  private static final String TYPES =
      """
      SELECT
        CASE i WHEN 0 THEN -128 WHEN 1 THEN 127 END::TINYINT AS "int8",
        CASE i WHEN 0 THEN -32768 WHEN 1 THEN 32767 END::SMALLINT AS "int16",
        CASE i WHEN 0 THEN 0 WHEN 1 THEN 65535 END::USMALLINT AS "uint16",
        CASE i WHEN 0 THEN 1 WHEN 1 THEN 4294967295 END::UINTEGER AS "uint32",
        CASE i WHEN 0 THEN 1 WHEN 1 THEN 18446744073709551615 END::UBIGINT AS "uint64",
        CASE i WHEN 0 THEN -1.5 WHEN 1 THEN 12345.125 END::DECIMAL(15, 3) AS "decimal64",
        CASE i WHEN 0 THEN '-0.5' WHEN 1 THEN '100000000000000000000.5' END::DECIMAL(38, 10) AS "decimal128",
        CASE i WHEN 0 THEN '00:00:00' WHEN 1 THEN '23:59:59.000001' END::TIME AS "time",
        CASE i WHEN 0 THEN '1969-12-31 23:59:59.5' WHEN 1 THEN '2026-01-02 03:04:05' END::TIMESTAMP AS "micros",
        CASE i WHEN 0 THEN '1969-12-31 23:59:59.5' WHEN 1 THEN '2026-01-02 03:04:05' END::TIMESTAMP_MS AS "millis",
        CASE i WHEN 0 THEN '1969-12-31 23:59:59.5' WHEN 1 THEN '2026-01-02 03:04:05.000000001' END::TIMESTAMP_NS AS "nanos",
        CASE i WHEN 0 THEN '1969-12-31 23:59:59.5+00' WHEN 1 THEN '2026-01-02 03:04:05+00' END::TIMESTAMPTZ AS "instant",
        CASE i WHEN 0 THEN '1969-12-31' WHEN 1 THEN '2026-01-02' END::DATE AS "date",
        CASE i WHEN 0 THEN '00000000-0000-0000-0000-000000000001' WHEN 1 THEN 'ffffffff-ffff-ffff-ffff-fffffffffffe' END::UUID AS "uuid",
        CASE i WHEN 0 THEN 'low' WHEN 1 THEN 'high' END::ENUM('low', 'high') AS "enum",
        CASE i WHEN 0 THEN '{"a": 1}' WHEN 1 THEN '[]' END::JSON AS "json",
        CASE i WHEN 0 THEN 'x' WHEN 1 THEN '' END::BLOB AS "blob"
      FROM range(3) t(i)\
      """;

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
          "SELECT i % 3 AS few, i // 1000 AS many, 't' || i % 7 AS text FROM range(200000) t(i)",
          out.resolve("batches.parquet"),
          "zstd");
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
      write(sql, TYPES, out.resolve("types.parquet"), "snappy");
      write(
          sql,
          "SELECT CASE WHEN i > 0 THEN INTERVAL 1 MONTH END AS gap FROM range(3) t(i)",
          out.resolve("interval.parquet"),
          "snappy");
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
