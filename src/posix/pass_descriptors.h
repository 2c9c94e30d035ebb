#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <vector>

#include "posix/file_descriptor.h"

namespace apiary {

/// The most descriptors that one message carries.
inline constexpr std::size_t passed_descriptor_limit = 4;

/// Sends `bytes` over a Unix socket, and with them copies of `descriptors` (SCM_RIGHTS, unix(7));
/// over a stream socket that takes at least one byte. `flags` are those of sendmsg(2); SIGPIPE is
/// never raised. Returns how many bytes went; -1: errno tells why, EINVAL for too many descriptors.
ssize_t send_with_descriptors(int socket, std::span<const std::byte> bytes,
                              std::span<const int> descriptors, int flags = 0);

/// What recvmsg(2) brought.
struct ReceivedMessage {
  ssize_t size = -1;  ///< in bytes; 0: the other side has closed; -1: errno tells why
  /// Close-on-exec. Fewer than were sent where this process may open no more.
  std::vector<FileDescriptor> descriptors;
};

/// Receives into `room` from a Unix socket, with the descriptors that come along.
ReceivedMessage receive_with_descriptors(int socket, std::span<std::byte> room, int flags = 0);

}  // namespace apiary
