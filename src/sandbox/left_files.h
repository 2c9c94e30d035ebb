#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "posix/file_descriptor.h"
#include "session/service_note.h"

namespace apiary {

/// A regular file that a program has left.
struct LeftFile {
  std::string path;  // any bytes
  std::uint64_t bytes = 0;
  std::optional<Sha256> hash{};  // nothing: it is too large, or cannot be read
  int descriptor = -1;           // to read it, during the report; -1: it cannot be read
};

/// Reads the files that a program has left, as process 1 of its sandbox. The program chose their
/// names and types, and may still change them while it does. It follows no symbolic link, enters no
/// other mount, and opens only folders and regular files, so it never waits.
class LeftFiles {
 public:
  struct Limits {
    std::size_t files = 64;                     // that are reported
    std::uint64_t bytes_of_file = 64u << 20;    // a larger one has no hash
    std::uint64_t bytes_together = 128u << 20;  // beyond it, files have none
    int depth = 16;                             // of folders
  };
  using Report = std::function<void(const LeftFile&)>;

  explicit LeftFiles(const Limits& limits) : limits_(limits) {}

  /// Reads all files below `folder` and calls `report` for each.
  void read(const std::string& folder, const Report& report);
  /// Files, and folders at the limit of depth, that were not reported.
  std::size_t left_out() const { return left_out_; }

 private:
  void read_folder(const FileDescriptor& folder, const std::string& path, int depth,
                   const Report& report);
  void read_entry(int folder, const char* name, const std::string& path, int depth,
                  const Report& report);
  std::optional<Sha256> hash_of(int file, std::uint64_t bytes);

  const Limits limits_;
  dev_t device_ = 0;  // of the folder that is read
  std::size_t reported_ = 0, left_out_ = 0;
  std::uint64_t hashed_bytes_ = 0;
};

}  // namespace apiary
