#pragma once

#include <xdp/xsk.h>

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "device/device_queue.h"
#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// An AF_XDP socket on one receive queue of an interface, with its memory: frames that the kernel
/// fills, and frames to be sent. An XDP program decides what it receives.
class XdpSocket {
 public:
  struct Settings {
    std::size_t frame_bytes = 1'514;  // the largest frame; at most max_frame_bytes
    std::uint32_t frames = 16'384;    // to receive; a power of two
  };
  /// A frame and the space that the kernel reserves before it share a page.
  static constexpr std::size_t max_frame_bytes = 4'096 - 256;

  /// Errors: no privilege; the interface or queue does not exist; too little locked memory.
  static tl::expected<std::unique_ptr<XdpSocket>, SystemError> open(const std::string& interface,
                                                                    unsigned queue,
                                                                    Settings settings);
  ~XdpSocket();
  XdpSocket(const XdpSocket&) = delete;
  XdpSocket& operator=(const XdpSocket&) = delete;

  int descriptor() const { return xsk_socket__fd(socket_); }
  /// Whether the network card writes to the frames itself. Otherwise the kernel copies them.
  bool is_zero_copy() const;

  /// Appends frames that have arrived, until there are `most`. They are valid until give_back().
  void take(std::vector<ReceivedFrame>& frames, std::size_t most);
  /// Returns the frames of take() to the kernel.
  void give_back();

  /// Queues a frame, which flush() sends. False: it is too large, or there is no room.
  bool send(Bytes frame);
  void flush();

  /// Removes and returns the socket's pending error, an errno; 0: none.
  int take_error() const;
  DeviceCounters counters() const;

 private:
  XdpSocket(std::size_t chunk_bytes, std::uint32_t frames)
      : chunk_bytes_(chunk_bytes), receive_frames_(frames) {}
  std::size_t memory_bytes() const { return chunk_bytes_ * (receive_frames_ + send_frames); }
  void fill(const std::uint64_t* addresses, std::size_t count);
  void reclaim_sent();
  Duration waited(std::uint64_t address, Duration now) const;

  static constexpr std::uint32_t send_frames = 2'048;

  const std::size_t chunk_bytes_;
  const std::uint32_t receive_frames_;
  std::uint8_t* memory_ = nullptr;
  xsk_umem* umem_ = nullptr;
  xsk_socket* socket_ = nullptr;
  xsk_ring_prod fill_{}, send_{};
  xsk_ring_cons completed_{}, receive_{};
  std::vector<std::uint64_t> taken_;      // chunks of frames that the caller has
  std::vector<std::uint64_t> free_sent_;  // chunks to send by
};

}  // namespace apiary
