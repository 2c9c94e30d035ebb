#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/time.h"
#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// When a file makes way for a new one, and how much the old ones may take.
struct Rotation {
  std::uint64_t size_bytes = std::uint64_t{256} << 20;  // 0: whatever its size
  Duration period{};                                    // 0: whatever its age
  std::uint64_t budget_bytes = std::uint64_t{4} << 30;  // of all of them together; 0: no bound
};

/// A file that is only ever appended to, in whole pieces. Rotated, it becomes FILE.TIME, in UTC,
/// and a new FILE begins; the oldest go when together they take more than the budget.
class RotatingFile {
 public:
  /// Opens FILE or makes it. With `is_text`, what follows the last line end is the torn line of a
  /// daemon that was killed, and is cut off. `head`: what every new file begins with.
  /// Errors: it cannot be made or written.
  static tl::expected<RotatingFile, SystemError> open(std::string path, const Rotation& rotation,
                                                      Instant now, bool is_text = true,
                                                      std::string head = "");

  /// Appends all of it or nothing, and rotates before it if that is due. A file that cannot be
  /// rotated goes on, and on_time() says why; it is tried again after a minute.
  /// Errors: it cannot be written, as the disk is full; the file is as it was.
  tl::expected<void, SystemError> append(std::string_view piece, Instant now);
  tl::expected<void, SystemError> rotate(Instant now);
  /// Rotates if its time has come. Errors: it cannot, or could not in an append() since.
  tl::expected<void, SystemError> on_time(Instant now);

  const std::string& path() const { return path_; }
  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  RotatingFile(std::string path, const Rotation& rotation, bool is_text, std::string head)
      : path_(std::move(path)), rotation_(rotation), is_text_(is_text), head_(std::move(head)) {}
  tl::expected<void, SystemError> open_anew(Instant now);
  tl::expected<void, SystemError> cut_torn_line();
  tl::expected<void, SystemError> write(std::string_view piece);
  void try_to_rotate(Instant now);
  bool is_ours() const;
  std::string name_for_old(Instant now) const;
  void keep_budget() const;

  std::string path_;
  Rotation rotation_;
  bool is_text_;
  std::string head_;
  FileDescriptor file_;
  std::uint64_t size_bytes_ = 0;
  Instant began_{}, next_try_{};
  std::optional<SystemError> rotation_trouble_;
};

}  // namespace apiary
