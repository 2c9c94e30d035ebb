#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/bytes.h"
#include "base/time.h"
#include "posix/system_error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace apiary {

/// A prepared statement of a database, which must outlive it.
class SqliteStatement {
 public:
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

  // Parameters, counted from 1. Text and bytes must stay valid until the statement has run.
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, std::string_view text);
  void bind(int parameter, Bytes bytes);
  void bind_null(int parameter);

  /// Runs it to its next row. Returns false if there is none; then the statement can run again.
  /// Error: SQLite's message.
  tl::expected<bool, SystemError> step();
  /// Runs it to its end.
  tl::expected<void, SystemError> run();

  // Columns of the row, counted from 0; text and bytes are valid until the next step.
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  Bytes bytes(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// An open SQLite database.
class SqliteDatabase {
 public:
  enum class Mode { read, write };
  /// Opens it; with `write`, creates it if it is missing. Errors: it cannot be read, or the file is
  /// not a database.
  static tl::expected<SqliteDatabase, SystemError> open(const std::string& path, Mode mode);

  tl::expected<void, SystemError> execute(const char* statements);
  tl::expected<SqliteStatement, SystemError> prepare(std::string_view statement);
  /// The number that a statement returns, such as a pragma; 0 if it returns none.
  tl::expected<std::int64_t, SystemError> number(std::string_view statement);
  /// Keeps the -wal and -shm files when it is closed: programs that may only read the folder cannot
  /// create them, and by then their names may belong to another database.
  void keep_log_file();
  /// How long to wait for another process that holds a lock.
  void set_lock_patience(Duration patience);

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit SqliteDatabase(sqlite3* database, std::string path)
      : database_(database), path_(std::move(path)) {}
  SystemError error() const;

  std::unique_ptr<sqlite3, Close> database_;
  std::string path_;
};

}  // namespace apiary
