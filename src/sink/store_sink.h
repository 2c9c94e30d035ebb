#pragma once

#include "record/record_json.h"
#include "sink/sink.h"
#include "sink/sqlite_database.h"

namespace apiary {

/// How much a store keeps.
struct Retention {
  Duration age = hours{24} * 30;                      // 0: whatever its age
  std::uint64_t size_bytes = std::uint64_t{2} << 30;  // of the database; 0: no bound
};

/// Keeps events in a SQLite database (`--store`), for `apiary events`, `top` and `report`, the page
/// and whoever speaks SQL. What was written for half a second, or 10,000 events, is committed
/// together.
class StoreSink final : public Sink {
 public:
  static constexpr Duration commit_period = milliseconds{500};
  static constexpr std::size_t commit_events = 10'000;

  /// Opens the store, or makes it. Errors: it cannot, or the file is something else, or of a newer
  /// version.
  static tl::expected<std::unique_ptr<StoreSink>, SystemError> open(const std::string& path,
                                                                    const Retention& retention,
                                                                    const JsonForm& form);
  ~StoreSink() override;

  const std::string& name() const override { return name_; }
  tl::expected<void, SystemError> consume(std::span<const Record> records) override;
  tl::expected<void, SystemError> on_time(Instant now) override;

 private:
  StoreSink(SqliteDatabase database, SqliteStatement insert, const std::string& path,
            const Retention& retention, const JsonForm& form)
      : name_("store " + path),
        retention_(retention),
        form_(form),
        database_(std::move(database)),
        insert_(std::move(insert)) {}
  tl::expected<void, SystemError> insert(const Record& record);
  tl::expected<void, SystemError> commit();
  tl::expected<void, SystemError> retain(Instant now);

  const std::string name_;
  Retention retention_;
  JsonForm form_;
  SqliteDatabase database_;
  SqliteStatement insert_;
  std::string json_;  // kept for its memory
  std::size_t uncommitted_ = 0;
  bool is_in_transaction_ = false;
  Instant begun_ = Instant::max(), retained_{};
  bool has_more_to_remove_ = false;
};

}  // namespace apiary
