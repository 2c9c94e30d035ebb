#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <span>

#include "base/address.h"
#include "base/bytes.h"

namespace apiary {

/// Prints `why` as the error of this program, and ends it.
[[noreturn]] void fail(const char* why);

/// The MAC address in `text`, or the end of the program.
MacAddress parse_mac(const char* text);

/// A packet socket of a load generator: it sends and receives Ethernet frames in batches.
class PacketSocket {
 public:
  static constexpr std::size_t batch = 64;

  /// Receives frames with IPv4 if `receives`, else nothing.
  PacketSocket(const char* interface, bool receives);
  ~PacketSocket();
  PacketSocket(const PacketSocket&) = delete;
  PacketSocket& operator=(const PacketSocket&) = delete;

  /// The MAC address of the interface.
  const MacAddress& mac() const { return mac_; }

  /// Space for the next frame, which add() queues with its size. A full batch is sent.
  std::span<std::uint8_t> next_frame() { return sent_[count_]; }
  void add(std::size_t size_bytes);
  /// Sends what is queued, and waits while the interface takes no more.
  void flush();

  /// Calls `handle` with each of a batch of frames; waits for the first at most this long.
  template <class Handle>
  void receive(int wait_milliseconds, Handle handle) {
    const std::size_t count = read(wait_milliseconds);
    for (std::size_t i = 0; i < count; ++i)
      handle(Bytes(received_[i]).first(received_messages_[i].msg_len));
  }

 private:
  using Buffer = std::array<std::uint8_t, 2'048>;
  std::size_t read(int wait_milliseconds);

  int descriptor_;
  MacAddress mac_;
  std::array<Buffer, batch> sent_{}, received_{};
  std::array<iovec, batch> sent_parts_{}, received_parts_{};
  std::array<mmsghdr, batch> sent_messages_{}, received_messages_{};
  std::size_t count_ = 0;  // queued
};

}  // namespace apiary
