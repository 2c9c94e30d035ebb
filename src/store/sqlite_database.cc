#include "store/sqlite_database.h"

#include <sqlite3.h>

namespace apiary {
namespace {

constexpr Duration default_lock_patience = seconds{5};

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}
void SqliteDatabase::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

void SqliteStatement::bind(int parameter, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), parameter, value);
}
void SqliteStatement::bind(int parameter, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), parameter, text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
}
void SqliteStatement::bind(int parameter, Bytes bytes) {
  sqlite3_bind_blob64(statement_.get(), parameter, bytes.data(), bytes.size(), SQLITE_STATIC);
}
void SqliteStatement::bind_null(int parameter) { sqlite3_bind_null(statement_.get(), parameter); }

tl::expected<bool, SystemError> SqliteStatement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  sqlite3* const database = sqlite3_db_handle(statement_.get());
  const SystemError error{sqlite3_errmsg(database), 0};
  sqlite3_reset(statement_.get());
  return tl::unexpected(error);
}

tl::expected<void, SystemError> SqliteStatement::run() {
  while (true) {
    const auto row = step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
  }
}

std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view SqliteStatement::text(int column) const {
  const unsigned char* const text = sqlite3_column_text(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

Bytes SqliteStatement::bytes(int column) const {
  const void* const blob = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return {static_cast<const std::uint8_t*>(blob), static_cast<std::size_t>(size)};
}

tl::expected<SqliteDatabase, SystemError> SqliteDatabase::open(const std::string& path, Mode mode) {
  const int flags =
      (mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
      SQLITE_OPEN_NOMUTEX;
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  SqliteDatabase database(handle, path);
  if (result != SQLITE_OK) return tl::unexpected(database.error());
  database.set_lock_patience(default_lock_patience);
  return database;
}

SystemError SqliteDatabase::error() const {
  return {path_ + ": " + (database_ == nullptr ? "no memory" : sqlite3_errmsg(database_.get())), 0};
}

tl::expected<void, SystemError> SqliteDatabase::execute(const char* statements) {
  if (sqlite3_exec(database_.get(), statements, nullptr, nullptr, nullptr) != SQLITE_OK)
    return tl::unexpected(error());
  return {};
}

tl::expected<SqliteStatement, SystemError> SqliteDatabase::prepare(std::string_view statement) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v3(database_.get(), statement.data(), static_cast<int>(statement.size()),
                         SQLITE_PREPARE_PERSISTENT, &prepared, nullptr) != SQLITE_OK)
    return tl::unexpected(error());
  return SqliteStatement(prepared);
}

tl::expected<std::int64_t, SystemError> SqliteDatabase::number(std::string_view statement) {
  auto prepared = prepare(statement);
  if (!prepared) return tl::unexpected(prepared.error());
  const auto row = prepared->step();
  if (!row) return tl::unexpected(row.error());
  return *row ? prepared->integer(0) : 0;
}

void SqliteDatabase::set_lock_patience(Duration patience) {
  const auto count = std::chrono::duration_cast<milliseconds>(patience).count();
  sqlite3_busy_timeout(database_.get(), static_cast<int>(count));
}

void SqliteDatabase::keep_log_file() {
  int keep = 1;
  sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
}

}  // namespace apiary
