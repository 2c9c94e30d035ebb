#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <vector>

#include "posix/file_descriptor.h"

namespace apiary {

/// The most descriptors that one message carries.
inline constexpr std::size_t passed_descriptor_limit = 4;

/// Sends `bytes` and copies of `descriptors` over a Unix socket (SCM_RIGHTS, unix(7)). A stream
/// socket needs at least one byte. `flags` are those of sendmsg(2); SIGPIPE is never raised.
/// Returns the number of bytes sent; -1: see errno, EINVAL for too many descriptors.
ssize_t send_with_descriptors(int socket, std::span<const std::byte> bytes,
                              std::span<const int> descriptors, int flags = 0);

/// The result of recvmsg(2).
struct ReceivedMessage {
  ssize_t size = -1;  ///< in bytes; 0: the other side has closed; -1: see errno
  /// Close-on-exec. Fewer than were sent if this process may open no more.
  std::vector<FileDescriptor> descriptors;
};

/// Receives into `room` from a Unix socket, with the descriptors of the message.
ReceivedMessage receive_with_descriptors(int socket, std::span<std::byte> room, int flags = 0);

}  // namespace apiary
