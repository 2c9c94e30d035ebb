#pragma once

// For tests only.

#include <sys/resource.h>

#include <csignal>

namespace apiary {

/// While it lives, no file of this process grows beyond `size_bytes`. Writers see a full disk,
/// possibly in the middle of a write, but with the error EFBIG.
class FullDisk {
 public:
  explicit FullDisk(rlim_t size_bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{size_bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  void (*signal_)(int);
  rlimit before_{};
};

}  // namespace apiary
