#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"
#include "sink/sink_status.h"

namespace apiary {

/// A spool that a sink's specification asks for: `,spool=FILE,spool-size=64M`.
struct SpoolSpec {
  static constexpr std::uint64_t default_max_bytes = std::uint64_t{64} << 20;

  std::string path;
  std::uint64_t max_bytes = default_max_bytes;
};

/// A bounded first-in, first-out queue of records in a file, which outlives the daemon. A sink puts
/// messages there that it cannot send now.
///
/// The file has a head with the offset of the first record, and then the records: length, CRC-32 of
/// length and bytes, bytes. append() and pop_front() write to the kernel's page cache: the records
/// survive the death of the daemon, but only sync() makes them survive a loss of power. If the
/// daemon dies between the sending of a record and pop_front(), the next one sends it again.
///
/// The space of removed records returns to the file system while the file is in use (holes), so
/// the limit is for what the file takes on the disk, not for its apparent size.
class Spool {
 public:
  /// Opens the spool, or creates it with mode 0600. Errors: the file cannot be opened, is not a
  /// regular file of this user or not a spool, or another sink or daemon uses it.
  static tl::expected<Spool, SystemError> open(SpoolSpec spec);

  const std::string& path() const { return spec_.path; }
  bool empty() const { return begin_ == end_; }
  SpoolUse use() const { return {count_, end_ - begin_, spec_.max_bytes}; }
  /// Bytes after the last undamaged record that open() removed; 0 from the second call on.
  std::uint64_t take_cut_bytes() { return std::exchange(cut_bytes_, 0); }

  /// Appends a record. Errors: it would exceed the limit, or writing fails; then the spool is as
  /// before.
  tl::expected<void, SystemError> append(std::string_view record);
  /// Reads the first record into `record`. REQUIRES: !empty().
  tl::expected<void, SystemError> read_front(std::string& record) const;
  /// Removes the first record, which is `record`. An empty spool's file shrinks to its head.
  /// Error: writing fails; the record is removed, but the next daemon finds it again.
  tl::expected<void, SystemError> pop_front(std::string_view record);
  /// Has the disk write what has changed since the last call (fdatasync).
  tl::expected<void, SystemError> sync();

 private:
  Spool(SpoolSpec spec, FileDescriptor file) : spec_(std::move(spec)), file_(std::move(file)) {}
  tl::expected<void, SystemError> load();
  tl::expected<void, SystemError> find_records();
  tl::expected<void, SystemError> clear();
  tl::expected<void, SystemError> write_head(std::uint64_t begin);
  void release_space();
  SystemError error(std::string_view doing) const;

  SpoolSpec spec_;
  FileDescriptor file_;
  std::uint64_t begin_ = 0, end_ = 0;  // offsets in the file: of the first record, after the last
  std::uint64_t count_ = 0;            // records
  std::uint64_t released_ = 0;         // the file has no blocks from its first page to this offset
  std::uint64_t cut_bytes_ = 0;
  bool is_dirty_ = false;  // something is not synced
  std::string buffer_;     // a member to reuse its memory
};

}  // namespace apiary
