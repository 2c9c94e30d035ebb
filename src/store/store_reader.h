/// store/: the SQLite store of events: its schema, the sink that writes it, and the reader for
/// `apiary events` and `report`, which needs no daemon.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "sink/wall_clock.h"
#include "store/sqlite_database.h"

namespace apiary {

/// The store of the service unit's daemon.
inline constexpr const char* default_store_path = "/var/lib/apiary/events.db";

/// Selects events; by default all.
struct StoreQuery {
  std::optional<Instant> since{};
  std::optional<IpPrefix> source{}, host{};
  std::optional<std::uint16_t> port{};  // of the host
  std::vector<std::string> kinds{};     // any of them; empty: all
};

/// An event as the store has it. Valid until the next one is read.
struct StoredEvent {
  std::int64_t number = 0;
  Instant at{};
  std::string_view kind, json;
};

/// Reads a store, also while a daemon writes it.
class StoreReader {
 public:
  /// Errors: there is none, no permission to read it, or it is not a store.
  static tl::expected<StoreReader, SystemError> open(const std::string& path);

  /// Calls `visit` with the events that pass `filter` and have a number above `after`, in the order
  /// of emission. With `newest`, only with that many of the last.
  tl::expected<void, SystemError> visit(const StoreQuery& filter, std::int64_t after,
                                        std::optional<std::size_t> newest,
                                        const std::function<void(const StoredEvent&)>& visit);
  /// The greatest number of an event; 0 without events.
  tl::expected<std::int64_t, SystemError> last_number();

  SqliteDatabase& database() { return database_; }

 private:
  explicit StoreReader(SqliteDatabase database) : database_(std::move(database)) {}

  SqliteDatabase database_;
};

/// An address as the store has it.
IpAddress address_of(Bytes stored);

}  // namespace apiary
