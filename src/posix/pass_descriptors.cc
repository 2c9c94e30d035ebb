#include "posix/pass_descriptors.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace apiary {
namespace {

/// A buffer for the control data of a message, aligned for the kernel's headers.
struct alignas(cmsghdr) DescriptorRoom {
  std::array<char, CMSG_SPACE(passed_descriptor_limit * sizeof(int))> bytes{};
};

}  // namespace

ssize_t send_with_descriptors(int socket, std::span<const std::byte> bytes,
                              std::span<const int> descriptors, int flags) {
  if (descriptors.size() > passed_descriptor_limit) {
    errno = EINVAL;
    return -1;
  }
  iovec content{const_cast<std::byte*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &content;
  message.msg_iovlen = 1;
  DescriptorRoom room;
  if (!descriptors.empty()) {
    message.msg_control = room.bytes.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
  }
  return sendmsg(socket, &message, flags | MSG_NOSIGNAL);
}

ReceivedMessage receive_with_descriptors(int socket, std::span<std::byte> room, int flags) {
  iovec content{room.data(), room.size()};
  DescriptorRoom control;
  msghdr message{};
  message.msg_iov = &content;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  ReceivedMessage received{.size = recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC),
                           .descriptors = {}};
  if (received.size < 0) return received;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(part) + i * sizeof number, sizeof number);
      received.descriptors.emplace_back(number);
    }
  }
  return received;
}

}  // namespace apiary
