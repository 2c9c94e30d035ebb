#include "sink/store_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "record/record_text.h"
#include "sink/store_schema.h"

namespace apiary {
namespace {

using Done = tl::expected<void, SystemError>;

constexpr Duration retention_period = seconds{10};
constexpr std::int64_t removed_at_once = 20'000;  // events: some tens of milliseconds of work

/// WAL with synchronous=NORMAL: what is committed survives the end of the daemon, though the last
/// of it perhaps not that of the machine.
constexpr const char* settings =
    "PRAGMA auto_vacuum = INCREMENTAL;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = NORMAL;"
    "PRAGMA wal_autocheckpoint = 4000;"
    "PRAGMA journal_size_limit = 67108864;";

}  // namespace

tl::expected<std::unique_ptr<StoreSink>, SystemError> StoreSink::open(const std::string& path,
                                                                      const Retention& retention,
                                                                      const JsonForm& form) {
  auto database = SqliteDatabase::open(path, SqliteDatabase::Mode::write);
  if (!database) return tl::unexpected(database.error());
  if (auto set = database->execute(settings); !set) return tl::unexpected(set.error());
  const auto version = database->number("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  if (*version > store_version)
    return tl::unexpected(
        SystemError{fmt::format("{} is the store of a newer Apiary (version {}; this one knows {})",
                                path, *version, store_version)});
  if (auto made = database->execute(store_schema); !made) return tl::unexpected(made.error());
  if (auto set = database->execute(fmt::format("PRAGMA user_version = {}", store_version).c_str());
      !set)
    return tl::unexpected(set.error());
  database->keep_log_file();
  auto insert = database->prepare(
      "INSERT INTO events (at, kind, source, source_port, host, host_port, transport, json) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  if (!insert) return tl::unexpected(insert.error());
  return std::unique_ptr<StoreSink>(
      new StoreSink(std::move(*database), std::move(*insert), path, retention, form));
}

StoreSink::~StoreSink() { (void)commit(); }

Done StoreSink::consume(std::span<const Record> records) {
  for (const Record& record : records) {
    if (!wants().contains(record.kind())) continue;
    if (auto inserted = insert(record); !inserted) return inserted;
    if (uncommitted_ < commit_events) continue;
    if (auto committed = commit(); !committed) return committed;
  }
  return {};
}

Done StoreSink::insert(const Record& record) {
  if (!is_in_transaction_) {
    if (auto begun = database_.execute("BEGIN"); !begun) return begun;
    is_in_transaction_ = true;
  }
  json_.clear();
  form_.append(json_, record);
  const auto bind_address = [&](int parameter, const IpAddress& address) {
    if (address == IpAddress{})
      insert_.bind_null(parameter);
    else
      insert_.bind(parameter, Bytes(address.bytes()));
  };
  const FlowKey* const flow = flow_of(record);
  const bool has_ports = flow != nullptr && flow->protocol != IpProtocol::icmp;
  const IpAddress source = source_of(record), host = host_of(record);
  insert_.bind(1, record.at.time_since_epoch().count());
  insert_.bind(2, to_string(record.kind()));
  bind_address(3, source);
  bind_address(5, host);
  if (has_ports) {
    insert_.bind(4, std::int64_t{flow->remote.port.number});
    insert_.bind(6, std::int64_t{flow->local.port.number});
  } else {
    insert_.bind_null(4);
    insert_.bind_null(6);
  }
  if (flow != nullptr)
    insert_.bind(7, name_of(flow->protocol));
  else
    insert_.bind_null(7);
  insert_.bind(8, json_);
  if (auto run = insert_.run(); !run) return run;
  ++uncommitted_;
  return {};
}

Done StoreSink::commit() {
  begun_ = Instant::max();
  uncommitted_ = 0;
  if (!std::exchange(is_in_transaction_, false)) return {};
  const auto committed = database_.execute("COMMIT");
  if (!committed) (void)database_.execute("ROLLBACK");
  return committed;
}

Done StoreSink::on_time(Instant now) {
  if (is_in_transaction_ && begun_ == Instant::max()) begun_ = now;
  if (is_in_transaction_ && now - begun_ >= commit_period)
    if (auto committed = commit(); !committed) return committed;
  if (!has_more_to_remove_ && now - retained_ < retention_period) return {};
  retained_ = now;
  return retain(now);
}

/// Removes the oldest, some at a time, when they are too old or too many.
Done StoreSink::retain(Instant now) {
  has_more_to_remove_ = false;
  if (auto committed = commit(); !committed) return committed;
  std::int64_t before = 0;  // a number
  const auto lowest = database_.number("SELECT ifnull(min(number), 0) FROM events");
  if (!lowest) return tl::unexpected(lowest.error());
  if (retention_.age > Duration{}) {
    const auto young = database_.number(
        fmt::format("SELECT ifnull(min(number), (SELECT ifnull(max(number), 0) + 1 FROM events)) "
                    "FROM (SELECT number FROM events WHERE at >= {} ORDER BY at LIMIT 1000)",
                    (now - retention_.age).time_since_epoch().count()));
    if (!young) return tl::unexpected(young.error());
    before = *young;
  }
  if (retention_.size_bytes > 0) {
    const auto size = database_.number(
        "SELECT (page_count - freelist_count) * page_size "
        "FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()");
    if (!size) return tl::unexpected(size.error());
    if (static_cast<std::uint64_t>(*size) > retention_.size_bytes) {
      const auto highest = database_.number("SELECT max(number) FROM events");
      if (!highest) return tl::unexpected(highest.error());
      // A twentieth goes, lest it be done again for every event.
      const double share =
          1 - 0.95 * static_cast<double>(retention_.size_bytes) / static_cast<double>(*size);
      before = std::max(before, *lowest + static_cast<std::int64_t>(
                                              share * static_cast<double>(*highest - *lowest + 1)));
    }
  }
  if (before <= *lowest) return {};
  const std::int64_t until = std::min(before, *lowest + removed_at_once);
  has_more_to_remove_ = until < before;
  return database_.execute(
      fmt::format("DELETE FROM events WHERE number < {}; PRAGMA incremental_vacuum(5000)", until)
          .c_str());
}

}  // namespace apiary
