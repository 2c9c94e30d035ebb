#include "store/store_reader.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "store/store_schema.h"

namespace apiary {
namespace {

SystemError why_not(const std::string& path) {
  if (errno == ENOENT)
    return {
        fmt::format("there is no store at {}: start the daemon with apiary run --store FILE, or "
                    "name the store with --store FILE",
                    path)};
  if (errno == EACCES || errno == EPERM)
    return {fmt::format("no permission to read the store {}: use sudo", path)};
  return last_system_error("opening " + path);
}

/// The condition of a filter; its parameters are bound by bind().
class Where {
 public:
  explicit Where(const StoreQuery& filter) : filter_(filter) {
    if (filter.since)
      text_ += fmt::format(" AND at >= {}", filter.since->time_since_epoch().count());
    if (filter.source) text_ += " AND source BETWEEN ?1 AND ?2";
    if (filter.host) text_ += " AND host BETWEEN ?3 AND ?4";
    if (filter.port) text_ += fmt::format(" AND host_port = {}", *filter.port);
    if (!filter.kinds.empty()) text_ += " AND kind IN (";
    for (std::size_t i = 0; i < filter.kinds.size(); ++i)
      text_ += fmt::format("{}?{}", i == 0 ? "" : ", ", 5 + i);
    if (!filter.kinds.empty()) text_ += ")";
    const auto range_of = [](const std::optional<IpPrefix>& prefix) {
      return std::pair{prefix ? prefix->first() : IpAddress{},
                       prefix ? prefix->last() : IpAddress{}};
    };
    sources_ = range_of(filter.source);
    hosts_ = range_of(filter.host);
  }

  const std::string& text() const { return text_; }
  void bind(SqliteStatement& statement) const {
    if (filter_.source) {
      statement.bind(1, Bytes(sources_.first.bytes()));
      statement.bind(2, Bytes(sources_.second.bytes()));
    }
    if (filter_.host) {
      statement.bind(3, Bytes(hosts_.first.bytes()));
      statement.bind(4, Bytes(hosts_.second.bytes()));
    }
    for (std::size_t i = 0; i < filter_.kinds.size(); ++i)
      statement.bind(static_cast<int>(5 + i), std::string_view(filter_.kinds[i]));
  }

 private:
  const StoreQuery& filter_;
  std::string text_;
  std::pair<IpAddress, IpAddress> sources_, hosts_;  // bound: they must outlive the statement
};

}  // namespace

tl::expected<StoreReader, SystemError> StoreReader::open(const std::string& path) {
  if (access(path.c_str(), R_OK) != 0) return tl::unexpected(why_not(path));
  auto database = SqliteDatabase::open(path, SqliteDatabase::Mode::read);
  if (!database) return tl::unexpected(database.error());
  const auto version = database->number("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  if (*version == 0) return tl::unexpected(SystemError{path + " is not a store of events"});
  if (*version > store_version)
    return tl::unexpected(SystemError{path + " is the store of a newer version of Apiary"});
  return StoreReader(std::move(*database));
}

tl::expected<void, SystemError> StoreReader::visit(
    const StoreQuery& filter, std::int64_t after, std::optional<std::size_t> newest,
    const std::function<void(const StoredEvent&)>& visit) {
  const Where where(filter);
  std::string question = fmt::format(
      "SELECT number, at, kind, json FROM events WHERE number > {}{}", after, where.text());
  if (newest)
    question = fmt::format("SELECT * FROM ({} ORDER BY number DESC LIMIT {}) ORDER BY number",
                           question, *newest);
  else
    question += " ORDER BY number";
  auto statement = database_.prepare(question);
  if (!statement) return tl::unexpected(statement.error());
  where.bind(*statement);
  while (true) {
    const auto row = statement->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    visit({statement->integer(0), Instant{nanoseconds{statement->integer(1)}}, statement->text(2),
           statement->text(3)});
  }
}

tl::expected<std::int64_t, SystemError> StoreReader::last_number() {
  return database_.number("SELECT ifnull(max(number), 0) FROM events");
}

IpAddress address_of(Bytes stored) {
  if (stored.size() != 16) return {};
  return IpAddress::from_bytes(stored.first<16>());
}

}  // namespace apiary
