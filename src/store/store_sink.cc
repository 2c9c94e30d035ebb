#include "store/store_sink.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "event/event_text.h"
#include "posix/folder.h"
#include "sink/sink_spec.h"
#include "store/store_schema.h"

namespace apiary {
namespace {

using Done = tl::expected<void, SystemError>;

constexpr const char* log_suffix = "-wal";
constexpr Duration store_look_period = seconds{1};
constexpr Duration retention_period = seconds{10};
constexpr std::int64_t removed_at_once = 20'000;  // events: takes tens of milliseconds

/// WAL with synchronous=NORMAL: committed events survive the death of the daemon; a loss of power
/// may lose the last ones.
constexpr const char* store_settings =
    "PRAGMA auto_vacuum = INCREMENTAL;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = NORMAL;"
    "PRAGMA wal_autocheckpoint = 4000;"
    "PRAGMA journal_size_limit = 67108864;";

/// Whether the file at `path` is shorter than the header of a database. Opening it to check would
/// release the locks that SQLite has on it.
bool is_emptied(const std::string& path) {
  constexpr off_t header_bytes = 100;
  struct stat found {};
  return stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) && found.st_size < header_bytes;
}

void remove_store(const std::string& path) {
  for (const char* const suffix : {"", log_suffix, "-shm"}) unlink((path + suffix).c_str());
}

}  // namespace

tl::expected<StoreSink::OpenStore, SystemError> StoreSink::open_store(const std::string& path) {
  auto database = SqliteDatabase::open(path, SqliteDatabase::Mode::write);
  if (!database) return tl::unexpected(database.error());
  if (auto set = database->execute(store_settings); !set) return tl::unexpected(set.error());
  const auto version = database->number("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  if (*version > store_version)
    return tl::unexpected(SystemError{fmt::format(
        "{} is the store of a newer version of Apiary (schema {}; this version supports {})", path,
        *version, store_version)});
  if (auto made = database->execute(store_schema); !made) return tl::unexpected(made.error());
  if (*version != store_version) {
    const std::string mark = fmt::format("PRAGMA user_version = {}", store_version);
    if (auto set = database->execute(mark.c_str()); !set) return tl::unexpected(set.error());
  }
  database->keep_log_file();
  database->set_lock_patience(lock_patience);
  auto insert = database->prepare(
      "INSERT INTO events (at, kind, source, source_port, host, host_port, transport, json) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  if (!insert) return tl::unexpected(insert.error());
  return OpenStore{std::move(*database), std::move(*insert), file_id_of(path),
                   file_id_of(path + log_suffix)};
}

tl::expected<std::unique_ptr<StoreSink>, SystemError> StoreSink::open(const std::string& path,
                                                                      const Retention& retention,
                                                                      const EcsEncoder& form) {
  auto store = open_store(path);
  if (!store) return tl::unexpected(store.error());
  return std::unique_ptr<StoreSink>(new StoreSink(std::move(*store), path, retention, form));
}

/// Starts a new store if the open file is no longer at the path. It first completes a file that was
/// moved: the events in its log would be missing.
Done StoreSink::follow_path() {
  const bool was_emptied = is_emptied(path_);
  if (store_ && !was_emptied && !is_other_file(path_, store_->file) &&
      !is_other_file(path_ + log_suffix, store_->log))
    return {};
  if (was_emptied)
    remove_store(path_);  // otherwise SQLite writes cached pages of it into the next
  else if (store_)
    (void)store_->database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  store_.reset();  // before the next: SQLite's locks are by process
  auto store =
      make_folder(folder_of(path_)).and_then([this](const auto&) { return open_store(path_); });
  if (!store)
    return tl::unexpected(
        SystemError{"the file was moved or removed; events wait, as a new one cannot be created: " +
                        store.error().what,
                    store.error().number});
  store_ = std::move(*store);
  notice_ = was_emptied ? "the file was emptied; starting a new one"
                        : "the file was moved or removed; starting a new one";
  return {};
}

WriteResult StoreSink::write(EventPointers events) {
  auto done = follow_path();
  if (done) done = insert_all(events);
  if (!done) return {0, done.error()};
  return {events.size(), {}};
}

/// Inserted events are safe only once they are committed.
Done StoreSink::insert_all(EventPointers events) {
  SqliteDatabase& database = store_->database;
  Done done = database.execute("BEGIN IMMEDIATE");
  if (!done) return done;
  for (std::size_t i = 0; i < events.size() && done; ++i) done = insert(*events[i]);
  if (done) done = database.execute("COMMIT");
  if (!done) (void)database.execute("ROLLBACK");  // unless SQLite has done so itself
  return done;
}

Done StoreSink::insert(const Event& event) {
  SqliteStatement& insert = store_->insert;
  json_.clear();
  form_.append(json_, event);
  const auto bind_address = [&](int parameter, const IpAddress& address) {
    if (address == IpAddress{})
      insert.bind_null(parameter);
    else
      insert.bind(parameter, Bytes(address.bytes()));
  };
  const FlowKey* const flow = flow_of(event);
  const bool has_ports = flow != nullptr && flow->protocol != IpProtocol::icmp;
  const IpAddress source = source_of(event), host = host_of(event);
  insert.bind(1, event.at.time_since_epoch().count());
  insert.bind(2, to_string(event.kind()));
  bind_address(3, source);
  bind_address(5, host);
  if (has_ports) {
    insert.bind(4, std::int64_t{flow->remote.port.number});
    insert.bind(6, std::int64_t{flow->local.port.number});
  } else {
    insert.bind_null(4);
    insert.bind_null(6);
  }
  if (flow != nullptr)
    insert.bind(7, name_of(flow->protocol));
  else
    insert.bind_null(7);
  insert.bind(8, json_);
  return insert.run();
}

Upkeep StoreSink::on_time(Instant now) {
  if (now >= next_check_ || next_check_ > now + store_look_period) {  // the clock may be set back
    next_check_ = now + store_look_period;
    const auto followed = follow_path();
    path_trouble_ = followed ? std::nullopt : std::optional(followed.error());
  }
  if (store_ && (now >= next_retention_ || next_retention_ > now + retention_period)) {
    next_retention_ = now + retention_period;
    const auto retained = retain(now);
    retention_trouble_ = retained ? std::nullopt : std::optional(retained.error());
    if (!retained) next_retention_ = now + store_look_period;
  }
  return {std::exchange(notice_, {}), path_trouble_ ? path_trouble_ : retention_trouble_};
}

/// Removes the oldest events, in portions, if they are too old or too many.
Done StoreSink::retain(Instant now) {
  SqliteDatabase& database = store_->database;
  std::int64_t before = 0;  // a number
  const auto lowest = database.number("SELECT ifnull(min(number), 0) FROM events");
  if (!lowest) return tl::unexpected(lowest.error());
  if (retention_.age > Duration{}) {
    const auto young = database.number(
        fmt::format("SELECT ifnull(min(number), (SELECT ifnull(max(number), 0) + 1 FROM events)) "
                    "FROM (SELECT number FROM events WHERE at >= {} ORDER BY at LIMIT 1000)",
                    (now - retention_.age).time_since_epoch().count()));
    if (!young) return tl::unexpected(young.error());
    before = *young;
  }
  if (retention_.size_bytes > 0) {
    const auto size = database.number(
        "SELECT (page_count - freelist_count) * page_size "
        "FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()");
    if (!size) return tl::unexpected(size.error());
    if (static_cast<std::uint64_t>(*size) > retention_.size_bytes) {
      const auto highest = database.number("SELECT max(number) FROM events");
      if (!highest) return tl::unexpected(highest.error());
      // Removes a twentieth more, so that not every event causes a removal.
      const double share =
          1 - 0.95 * static_cast<double>(retention_.size_bytes) / static_cast<double>(*size);
      before = std::max(before, *lowest + static_cast<std::int64_t>(
                                              share * static_cast<double>(*highest - *lowest + 1)));
    }
  }
  if (before <= *lowest) return {};
  const std::int64_t until = std::min(before, *lowest + removed_at_once);
  if (until < before) next_retention_ = now;  // there is more to remove
  return database.execute(
      fmt::format("DELETE FROM events WHERE number < {}; PRAGMA incremental_vacuum(5000)", until)
          .c_str());
}

const SinkKind store_kind = {
    .name = "store",
    .place = "FILE",
    .target = SinkKind::Target::database,
    .parse = parse_file_place,
    .open = [](const SinkSpec& spec, const SinkSettings& settings) -> OpenedSink {
      auto store = StoreSink::open(spec.where, settings.retention, settings.encoder);
      if (!store) return tl::unexpected(to_string(store.error()));
      return std::move(*store);
    },
};

}  // namespace apiary
