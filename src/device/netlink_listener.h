#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/bytes.h"
#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// Receives the notifications of rtnetlink(7) groups.
class NetlinkListener {
 public:
  /// `groups`: RTMGRP_... flags. `filter`: a BPF program over each message; empty: none. `what` is
  /// the action that an error names.
  static tl::expected<NetlinkListener, SystemError> open(std::uint32_t groups,
                                                         std::span<const sock_filter> filter,
                                                         const std::string& what);

  int descriptor() const { return socket_.get(); }  ///< readable when receive() has something

  struct Received {
    bool any = false;     // something may have changed
    bool missed = false;  // the kernel dropped notifications: the socket's buffer was full
  };
  /// Calls `handle` for each datagram that waits, which has one message or more. Never blocks.
  Received receive(const std::function<void(Bytes messages)>& handle);

 private:
  explicit NetlinkListener(FileDescriptor socket) : socket_(std::move(socket)), buffer_(1 << 16) {}

  FileDescriptor socket_;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace apiary
