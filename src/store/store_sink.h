#pragma once

#include "event/ecs_encoder.h"
#include "posix/file_id.h"
#include "sink/sink_kind.h"
#include "store/sqlite_database.h"

namespace apiary {

/// Keeps events in a SQLite database (`--sink store:FILE`, `--store FILE`), for `apiary events` and
/// `report`, and for SQL clients. Each batch is one transaction: it is committed completely or not
/// at all. If another program moves or removes the database, the sink starts a new one.
class StoreSink final : public Sink {
 public:
  static constexpr Duration commit_period = milliseconds{250};
  /// How long a write waits for another process that holds the lock before it fails.
  static constexpr Duration lock_patience = seconds{1};

  /// Opens the store, or creates it. Errors: it cannot, or the file is not a store, or of a newer
  /// version.
  static tl::expected<std::unique_ptr<StoreSink>, SystemError> open(const std::string& path,
                                                                    const Retention& retention,
                                                                    const EcsEncoder& form);

  const std::string& name() const override { return name_; }
  Duration gathering_time() const override { return commit_period; }
  WriteResult write(EventPointers events) override;
  Upkeep on_time(Instant now) override;

 private:
  struct OpenStore {
    SqliteDatabase database;
    SqliteStatement insert;
    std::optional<FileId> file, log;  // of the database, and of its -wal
  };
  StoreSink(OpenStore store, const std::string& path, const Retention& retention,
            const EcsEncoder& form)
      : name_("store " + path),
        path_(path),
        retention_(retention),
        form_(form),
        store_(std::move(store)) {}
  static tl::expected<OpenStore, SystemError> open_store(const std::string& path);
  tl::expected<void, SystemError> follow_path();
  tl::expected<void, SystemError> insert_all(EventPointers events);
  tl::expected<void, SystemError> insert(const Event& event);
  tl::expected<void, SystemError> retain(Instant now);

  const std::string name_, path_;
  const Retention retention_;
  const EcsEncoder form_;
  std::optional<OpenStore> store_;  // nothing: the file was removed, and cannot be created
  std::string json_;                // a member to reuse its memory
  Instant next_check_{}, next_retention_{};
  std::string notice_;
  std::optional<SystemError> path_trouble_, retention_trouble_;
};

extern const SinkKind store_kind;

}  // namespace apiary
