#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tl/expected.hpp>
#include <vector>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// Keeps the contents of files that attackers' programs left, each under its SHA-256 in a folder of
/// bounded size, for its owner only and never executable. A thread copies them, so keep() waits for
/// nothing. When the folder is full, the oldest contents go.
class Quarantine {
 public:
  struct Limits {
    std::uint64_t folder_bytes = std::uint64_t{1} << 30;
    std::size_t folder_files = 65'536;
    std::uint64_t file_bytes = 64u << 20;
    // For files that wait for the thread. They are in memory that their sandbox has released.
    std::uint64_t waiting_bytes = 64u << 20;
    std::size_t waiting_files = 64;
  };

  /// Uses `folder`, which exists. Errors: it cannot be opened or written to.
  static tl::expected<std::unique_ptr<Quarantine>, SystemError> open(const std::string& folder,
                                                                     const Limits& limits);
  /// Copies what still waits.
  ~Quarantine();
  Quarantine(const Quarantine&) = delete;
  Quarantine& operator=(const Quarantine&) = delete;

  /// Keeps the first `bytes` of the regular file `file`, which stays the caller's.
  void keep(int file, std::uint64_t bytes);
  /// A sentence about files that were not kept since the last call; empty: all were.
  std::string take_trouble();

 private:
  struct Waiting {
    FileDescriptor file;
    std::uint64_t bytes = 0;
  };
  struct KeptFile {
    std::string name;
    std::uint64_t bytes = 0;
    std::int64_t changed = 0;  // in nanoseconds since 1970
  };

  Quarantine(std::string path, FileDescriptor folder, const Limits& limits);

  void work();
  void copy(const Waiting& waiting);
  bool copy_to(const FileDescriptor& partial, const Waiting& waiting, std::string& name);
  void adopt(const std::string& name, std::uint64_t bytes);
  std::vector<KeptFile> kept() const;
  void count();
  void make_room(std::uint64_t bytes);
  void lose(std::string why);

  const std::string path_;
  const FileDescriptor folder_;
  const Limits limits_;
  // The thread's own.
  std::uint64_t folder_bytes_ = 0;
  std::size_t folder_files_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  std::uint64_t waiting_bytes_ = 0;
  std::uint64_t lost_ = 0;  // since the last news
  std::string why_lost_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace apiary
