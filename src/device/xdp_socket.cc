#include "device/xdp_socket.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <numeric>

#include "base/prefetch.h"
#include "device/pending_checksum.h"
#include "device/xdp_program.h"

namespace apiary {
namespace {

constexpr std::size_t stamp_bytes = arrival_stamp_bytes;
constexpr Duration max_wait = seconds{1};
constexpr std::size_t next_line = 64 - stamp_bytes;  // of the cache

/// The kernel counts the frames as locked memory, unless the process may lock any.
void raise_locked_memory() {
  const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
  setrlimit(RLIMIT_MEMLOCK, &unlimited);
}

}  // namespace

tl::expected<std::unique_ptr<XdpSocket>, SystemError> XdpSocket::open(const std::string& interface,
                                                                      unsigned queue,
                                                                      Settings settings) {
  const auto fail = [&](const char* what, int result) {
    errno = -result;
    return tl::unexpected(last_privileged_error(fmt::format("{}: {}", interface, what)));
  };
  constexpr std::size_t headroom = XDP_PACKET_HEADROOM;
  const std::size_t chunk = settings.frame_bytes + headroom <= 2'048 ? 2'048 : 4'096;
  std::unique_ptr<XdpSocket> socket(new XdpSocket(chunk, settings.frames));
  raise_locked_memory();
  void* const memory = mmap(nullptr, socket->memory_bytes(), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return fail("no memory for AF_XDP", -errno);
  socket->memory_ = static_cast<std::uint8_t*>(memory);

  const xsk_umem_config memory_config{.fill_size = settings.frames,
                                      .comp_size = send_frames,
                                      .frame_size = static_cast<std::uint32_t>(chunk),
                                      .frame_headroom = 0,
                                      .flags = 0};
  if (const int result = xsk_umem__create(&socket->umem_, memory, socket->memory_bytes(),
                                          &socket->fill_, &socket->completed_, &memory_config);
      result != 0)
    return fail("registering the memory of AF_XDP", result);
  xsk_socket_config config{};
  config.rx_size = settings.frames;
  config.tx_size = send_frames;
  config.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD;
  config.bind_flags = XDP_USE_NEED_WAKEUP;
  if (const int result =
          xsk_socket__create(&socket->socket_, interface.c_str(), queue, socket->umem_,
                             &socket->receive_, &socket->send_, &config);
      result != 0)
    return fail("opening an AF_XDP socket", result);

  std::vector<std::uint64_t> chunks(settings.frames);
  for (std::size_t i = 0; i < chunks.size(); ++i) chunks[i] = i * chunk;
  socket->fill(chunks.data(), chunks.size());
  for (std::size_t i = 0; i < send_frames; ++i)
    socket->free_sent_.push_back((settings.frames + i) * chunk);
  return socket;
}

XdpSocket::~XdpSocket() {
  if (socket_ != nullptr) xsk_socket__delete(socket_);
  if (umem_ != nullptr) xsk_umem__delete(umem_);
  if (memory_ != nullptr) munmap(memory_, memory_bytes());
}

bool XdpSocket::is_zero_copy() const {
  xdp_options options{};
  socklen_t size = sizeof options;
  return getsockopt(descriptor(), SOL_XDP, XDP_OPTIONS, &options, &size) == 0 &&
         (options.flags & XDP_OPTIONS_ZEROCOPY) != 0;
}

void XdpSocket::take(std::vector<ReceivedFrame>& frames, std::size_t most) {
  std::uint32_t first = 0;
  const std::uint32_t count =
      xsk_ring_cons__peek(&receive_, static_cast<std::uint32_t>(most - frames.size()), &first);
  if (count == 0) return;
  const Duration now = std::chrono::steady_clock::now().time_since_epoch();
  for (std::uint32_t i = 0; i < count; ++i) {
    const xdp_desc& frame = *xsk_ring_cons__rx_desc(&receive_, first + i);
    prefetch(memory_ + frame.addr - stamp_bytes, 1);
    prefetch(memory_ + frame.addr + next_line, 1);
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const xdp_desc& frame = *xsk_ring_cons__rx_desc(&receive_, first + i);
    const Bytes bytes(memory_ + frame.addr, frame.len);
    taken_.push_back(frame.addr);
    frames.push_back({bytes, has_pending_checksum(bytes), waited(frame.addr, now), 0});
  }
  xsk_ring_cons__release(&receive_, count);
}

/// The time since the program's stamp before the frame.
Duration XdpSocket::waited(std::uint64_t address, Duration now) const {
  std::uint64_t stamp = 0;
  if (address % chunk_bytes_ < stamp_bytes) return {};
  std::memcpy(&stamp, memory_ + address - stamp_bytes, sizeof stamp);
  const Duration waited = now - nanoseconds{static_cast<std::int64_t>(stamp)};
  return waited < Duration{} || waited > max_wait ? Duration{} : waited;
}

void XdpSocket::give_back() {
  if (taken_.empty()) return;
  for (std::uint64_t& address : taken_) {
    // A frame that gets no stamp must not have the last one's.
    if (address % chunk_bytes_ >= stamp_bytes)
      std::memset(memory_ + address - stamp_bytes, 0, stamp_bytes);
    address -= address % chunk_bytes_;
  }
  fill(taken_.data(), taken_.size());
  taken_.clear();
}

/// Gives chunks to the kernel. The ring has room for all of them.
void XdpSocket::fill(const std::uint64_t* addresses, std::size_t count) {
  std::uint32_t first = 0;
  xsk_ring_prod__reserve(&fill_, static_cast<std::uint32_t>(count), &first);
  for (std::size_t i = 0; i < count; ++i)
    *xsk_ring_prod__fill_addr(&fill_, first + static_cast<std::uint32_t>(i)) = addresses[i];
  xsk_ring_prod__submit(&fill_, static_cast<std::uint32_t>(count));
  if (xsk_ring_prod__needs_wakeup(&fill_) != 0)
    (void)recvfrom(descriptor(), nullptr, 0, MSG_DONTWAIT, nullptr, nullptr);
}

bool XdpSocket::send(Bytes frame) {
  if (frame.size() > chunk_bytes_) return false;
  if (free_sent_.empty()) flush();
  std::uint32_t place = 0;
  if (free_sent_.empty() || xsk_ring_prod__reserve(&send_, 1, &place) == 0) return false;
  const std::uint64_t address = free_sent_.back();
  free_sent_.pop_back();
  std::memcpy(memory_ + address, frame.data(), frame.size());
  *xsk_ring_prod__tx_desc(&send_, place) = {address, static_cast<std::uint32_t>(frame.size()), 0};
  xsk_ring_prod__submit(&send_, 1);
  return true;
}

void XdpSocket::flush() {
  // In copy mode, a call sends no more than 32 frames; then it says EAGAIN.
  for (std::uint32_t calls = 0; calls <= send_frames / 32; ++calls) {
    if (xsk_ring_prod__needs_wakeup(&send_) == 0) break;
    if (sendto(descriptor(), nullptr, 0, MSG_DONTWAIT, nullptr, 0) >= 0) break;
    if (errno != EAGAIN) break;
  }
  reclaim_sent();
}

void XdpSocket::reclaim_sent() {
  std::uint32_t first = 0;
  const std::uint32_t count = xsk_ring_cons__peek(&completed_, send_frames, &first);
  for (std::uint32_t i = 0; i < count; ++i)
    free_sent_.push_back(*xsk_ring_cons__comp_addr(&completed_, first + i));
  xsk_ring_cons__release(&completed_, count);
}

int XdpSocket::take_error() const {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(descriptor(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : 0;
}

DeviceCounters XdpSocket::counters() const {
  xdp_statistics statistics{};
  socklen_t size = sizeof statistics;
  if (getsockopt(descriptor(), SOL_XDP, XDP_STATISTICS, &statistics, &size) != 0) return {};
  return {.receive_drops = statistics.rx_dropped + statistics.rx_ring_full,
          .skipped = statistics.tx_invalid_descs};
}

}  // namespace apiary
