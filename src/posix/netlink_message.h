#pragma once

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "posix/file_descriptor.h"

/// Messages of rtnetlink(7), which query and change the kernel.
namespace apiary::netlink {

constexpr std::size_t aligned(std::size_t size) { return NLMSG_ALIGN(size); }

/// A message to send: header, body, attributes.
class Message {
 public:
  template <class Body>
  Message(std::uint16_t type, std::uint16_t flags, const Body& body) {
    header_.nlmsg_type = type;
    header_.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    append(&body, sizeof body);
  }

  template <class Value>
  void add_attribute(std::uint16_t type, const Value& value) {
    add_attribute(type, &value, sizeof value);
  }
  void add_attribute(std::uint16_t type, const std::string& value) {
    add_attribute(type, value.c_str(), value.size() + 1);
  }

  /// Begins an attribute of `type`, which holds all that is added until end_nested().
  void begin_nested(std::uint16_t type) {
    nested_.push_back(size_);
    const rtattr attribute{0, type};
    append(&attribute, sizeof attribute);
  }
  /// The same for a header of a protocol before the attributes, as VETH_INFO_PEER has.
  template <class Body>
  void add_body(const Body& body) {
    append(&body, sizeof body);
  }
  void end_nested() {
    const std::size_t begin = nested_.back();
    nested_.pop_back();
    const auto length = static_cast<std::uint16_t>(size_ - begin);
    std::memcpy(bytes_.data() + begin, &length, sizeof length);  // rta_len comes first
  }

  Bytes finish() {
    header_.nlmsg_len = static_cast<std::uint32_t>(size_);
    std::memcpy(bytes_.data(), &header_, sizeof header_);
    return Bytes(bytes_).first(size_);
  }

 private:
  void add_attribute(std::uint16_t type, const void* value, std::size_t size) {
    const rtattr attribute{static_cast<std::uint16_t>(sizeof attribute + size), type};
    append(&attribute, sizeof attribute);
    append(value, size);
  }
  void append(const void* data, std::size_t size) {
    assert(size_ + aligned(size) <= bytes_.size());
    std::memcpy(bytes_.data() + size_, data, size);
    size_ += aligned(size);
  }

  nlmsghdr header_{};
  std::array<std::uint8_t, 256> bytes_{};
  std::size_t size_ = aligned(sizeof header_);
  std::vector<std::size_t> nested_;  // where attributes begin that have not ended
};

template <class T>
T read_at(Bytes bytes, std::size_t offset) {
  T value{};
  if (offset + sizeof value <= bytes.size())
    std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

/// Calls `handle(type, value)` for each attribute in `bytes`.
template <class Handle>
void for_each_attribute(Bytes bytes, Handle handle) {
  while (bytes.size() >= sizeof(rtattr)) {
    const auto attribute = read_at<rtattr>(bytes, 0);
    if (attribute.rta_len < sizeof attribute || attribute.rta_len > bytes.size()) return;
    handle(static_cast<std::uint16_t>(attribute.rta_type & NLA_TYPE_MASK),
           bytes.subspan(sizeof attribute, attribute.rta_len - sizeof attribute));
    bytes = bytes.subspan(std::min<std::size_t>(aligned(attribute.rta_len), bytes.size()));
  }
}

/// Sends `message` and calls `handle(header, body)` for each message of the answer. Returns 0, or
/// the errno of the kernel or of the socket.
template <class Handle>
int exchange(const FileDescriptor& socket, Message& message, Handle handle) {
  const Bytes request = message.finish();
  if (send(socket.get(), request.data(), request.size(), 0) < 0) return errno;
  std::vector<std::uint8_t> buffer(65536);
  while (true) {
    const ssize_t size = recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno;
    Bytes rest(buffer.data(), static_cast<std::size_t>(size));
    while (rest.size() >= sizeof(nlmsghdr)) {
      const auto header = read_at<nlmsghdr>(rest, 0);
      if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest.size()) return EPROTO;
      const Bytes body = rest.subspan(sizeof header, header.nlmsg_len - sizeof header);
      if (header.nlmsg_type == NLMSG_ERROR) return -read_at<nlmsgerr>(body, 0).error;
      if (header.nlmsg_type == NLMSG_DONE) return 0;
      handle(header, body);
      rest = rest.subspan(std::min<std::size_t>(aligned(header.nlmsg_len), rest.size()));
    }
  }
}

}  // namespace apiary::netlink
