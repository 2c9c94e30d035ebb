/// ask/: what was told, asked for by a person: `apiary events`, `top` and `report`, from the store
/// that a daemon keeps. It only reads, and needs no daemon.
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

/// Where the service unit has the daemon keep its store.
inline constexpr const char* default_store_path = "/var/lib/apiary/events.db";

/// Which events; all, as it is.
struct EventFilter {
  std::optional<Instant> since{};
  std::optional<IpPrefix> source{}, host{};
  std::optional<std::uint16_t> port{};  // of the host
  std::vector<std::string> kinds{};     // any of them; empty: all
};

/// An event as it lies in the store. Valid until the next one is read.
struct StoredEvent {
  std::int64_t number = 0;
  Instant at{};
  std::string_view kind, json;
};

/// Reads a store, also while a daemon writes it.
class StoreReader {
 public:
  /// Errors: there is none, or no right to read it, or it is something else; in words that help.
  static tl::expected<StoreReader, SystemError> open(const std::string& path);

  /// Shows `visit` the events that pass `filter` and have a greater number than `after`, in the
  /// order in which they were told. With `newest`, no more than that many: the last.
  tl::expected<void, SystemError> visit(const EventFilter& filter, std::int64_t after,
                                        std::optional<std::size_t> newest,
                                        const std::function<void(const StoredEvent&)>& visit);
  /// The greatest number that there is; 0: there are no events.
  tl::expected<std::int64_t, SystemError> last_number();

  SqliteDatabase& database() { return database_; }

 private:
  explicit StoreReader(SqliteDatabase database) : database_(std::move(database)) {}

  SqliteDatabase database_;
};

/// How the store spells an address.
IpAddress address_of(Bytes stored);

}  // namespace apiary
