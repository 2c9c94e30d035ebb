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

/// When a file makes way for a new one, and how much the old ones may take.
struct Rotation {
  std::uint64_t size_bytes = std::uint64_t{256} << 20;  // 0: whatever its size
  Duration period{};                                    // 0: whatever its age
  std::uint64_t budget_bytes = std::uint64_t{4} << 30;  // of all of them together; 0: no bound
};

/// A file that is only ever appended to, in whole pieces. Rotated, it becomes FILE.TIME, in UTC,
/// and a new FILE begins; the oldest go when together they take more than the budget. If another
/// program moves or removes FILE, a new one begins. A pipe or a device is written, and never
/// rotated.
class RotatingFile {
 public:
  /// Opens FILE or makes it. With `is_text`, what follows the last line end is the torn line of a
  /// daemon that was killed, and is cut off. `head`: what every new file begins with; a file with a
  /// head that is there already makes way as in a rotation.
  /// Errors: it cannot be made or written.
  static tl::expected<RotatingFile, SystemError> open(std::string path, const Rotation& rotation,
                                                      Instant now, bool is_text = true,
                                                      std::string head = "");

  /// How much of a piece is in the file for good: of a text its whole lines, else all or nothing.
  struct Appended {
    std::size_t bytes = 0;
    std::optional<SystemError> trouble{};  // why not all
  };
  /// Appends a piece, and rotates before it if that is due. A file that cannot be rotated goes on,
  /// and on_time() says why; it is tried again every ten seconds. What the file did not keep is to
  /// be given again, with the next piece or at its beginning: some of it may be there already where
  /// it could not be cut off. An empty file gets `first_line` before the piece, which Appended does
  /// not count.
  Appended append(std::string_view piece, Instant now, std::string_view first_line = {});
  /// Does nothing, once, if the file is new because another program has just moved the one before,
  /// as logrotate does, and returns the reason. Errors: no new file could be begun;
  /// the present one goes on.
  tl::expected<std::string, SystemError> rotate(Instant now);
  /// Rotates if its time has come, and about every second looks whether FILE is still the file that
  /// is written.
  Upkeep on_time(Instant now);

  const std::string& path() const { return path_; }

 private:
  /// A file that is open, as far as it matters here.
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
  void on_cut_off(Instant now);
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
  Opened now_;                  // what is written
  std::size_t half_bytes_ = 0;  // at its end, of a piece that is to be given again
  Instant began_{}, next_try_{}, next_look_{};
  Instant replaced_{};  // when a new file began because another program took the one before
  std::string notice_;
  std::optional<SystemError> rotation_trouble_, path_trouble_;
  bool is_removed_ = false;  // it has no name any more: what is written would be lost
};

}  // namespace apiary
