#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/time.h"
#include "posix/file_descriptor.h"
#include "posix/file_id.h"
#include "posix/system_error.h"
#include "sink/sink.h"

namespace apiary {

/// When a file is rotated, and how much disk space rotated files may take.
struct Rotation {
  std::uint64_t size_bytes = std::uint64_t{256} << 20;  // 0: no limit
  Duration period{};                                    // 0: no limit
  std::uint64_t budget_bytes = std::uint64_t{4} << 30;  // of all files together; 0: no limit
};

/// A file for appending whole pieces. Rotation renames it to FILE.TIME, in UTC, and starts a new
/// FILE; the oldest files are removed if together they exceed the budget. If another program moves
/// or removes FILE, a new one starts. Pipes and devices are never rotated.
class RotatingFile {
 public:
  /// Opens or creates FILE. With `is_text`, it removes the text after the last line end, the torn
  /// line of a killed daemon. `head`: the beginning of every new file; an existing file is rotated
  /// then.
  /// Errors: it cannot be created or written.
  static tl::expected<RotatingFile, SystemError> open(std::string path, const Rotation& rotation,
                                                      Instant now, bool is_text = true,
                                                      std::string head = "");

  /// How much of a piece the file keeps: whole lines of a text, otherwise all or nothing.
  struct Appended {
    std::size_t bytes = 0;
    std::optional<SystemError> trouble{};  // why not all
  };
  /// Appends a piece, after a rotation if that is due. If rotation fails, it continues with the
  /// present file, on_time() returns the reason, and it retries every ten seconds. The next piece
  /// must begin with the bytes that the file did not keep: some of them may remain in the file if
  /// it could not be truncated. An empty file gets `first_line` before the piece, which Appended
  /// does not count.
  Appended append(std::string_view piece, Instant now, std::string_view first_line = {});
  /// Does nothing, once, if the file is new because another program has just moved the one before,
  /// as logrotate does, and returns the reason. Error: it cannot start a new file, and
  /// continues with the present one.
  tl::expected<std::string, SystemError> rotate(Instant now);
  /// Rotates if that is due, and about every second checks whether FILE is still the open file.
  Upkeep on_time(Instant now);

  const std::string& path() const { return path_; }

 private:
  /// An open file.
  struct Opened {
    FileDescriptor file;
    FileId id;
    bool is_regular = true;
    std::uint64_t size_bytes = 0;
  };

  RotatingFile(std::string path, const Rotation& rotation, bool is_text, std::string head)
      : path_(std::move(path)), rotation_(rotation), is_text_(is_text), head_(std::move(head)) {}
  tl::expected<Opened, SystemError> open_file() const;
  tl::expected<Opened, SystemError> open_with_head(Instant now) const;
  tl::expected<Opened, SystemError> open_with_folder(Instant now) const;
  bool has_only_head(const Opened& opened) const;
  tl::expected<Opened, SystemError> replace_file(Instant now) const;
  tl::expected<void, SystemError> cut_torn_line(Opened& opened) const;
  void adopt(Opened opened, Instant now);
  void follow_path(Instant now);
  void on_truncated(Instant now);
  Appended write(std::string_view piece);
  void cut_half_piece();
  tl::expected<void, SystemError> begin_new_file(Instant now);
  void try_to_rotate(Instant now);
  std::string name_for_old(Instant now) const;
  void keep_budget() const;

  std::string path_;
  Rotation rotation_;
  bool is_text_;
  std::string head_;
  Opened now_;                  // the file it writes
  std::size_t half_bytes_ = 0;  // at its end, of a piece that comes again
  Instant began_{}, next_try_{}, next_check_{};
  Instant replaced_{};  // when a new file started because another program moved the last one
  std::string notice_;
  std::optional<SystemError> rotation_trouble_, path_trouble_;
  bool is_removed_ = false;  // it has no name: more data would be lost
};

}  // namespace apiary
