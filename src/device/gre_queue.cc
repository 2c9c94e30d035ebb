#include "device/gre_queue.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>

#include "wire/ethernet.h"
#include "wire/gre.h"
#include "wire/ip.h"

namespace apiary {
namespace {

constexpr std::size_t max_datagram_bytes = 65'536;

}  // namespace

GreQueue::GreQueue(const TunnelEnds& ends, FileDescriptor socket)
    : ends_(ends), socket_(std::move(socket)), buffer_(max_datagram_bytes) {
  batch_.reserve(max_batch_packets);
}

tl::expected<std::span<const ReceivedFrame>, SystemError> GreQueue::receive() {
  batch_.clear();
  packets_.clear();
  for (std::size_t i = 0; i < max_batch_packets; ++i) {
    const ssize_t size = recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
    if (size >= 0) {
      accept(Bytes(buffer_).first(static_cast<std::size_t>(size)));
      continue;
    }
    // ICMP errors about the remote end are no reason to stop receiving.
    if (errno == EINTR || errno == ECONNREFUSED || errno == EHOSTUNREACH || errno == ENETUNREACH ||
        errno == EPROTO || errno == ENOPROTOOPT)
      continue;
    if (errno == EAGAIN || !batch_.empty()) break;  // the next call meets the error again
    return tl::unexpected(
        last_privileged_error(fmt::format("receiving from {}", to_string(ends_))));
  }
  return batch_;
}

void GreQueue::accept(Bytes outer) {
  const auto datagram = parse_ip(outer);
  if (!datagram || datagram->source != ends_.remote) return;
  const auto gre = parse_gre(datagram->payload);
  if (!gre || EtherType{gre->protocol} != EtherType::ipv4 || gre->key != ends_.key) return;
  batch_.push_back({packets_.copy(gre->payload)});
}

std::size_t GreQueue::transmit(std::span<const Packet> packets) {
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const GrePacket gre{
        .has_checksum = ends_.has_checksums, .key = ends_.key, .payload = packets[i].bytes()};
    const auto bytes = std::span(buffer_).first(gre_header_size_bytes(gre) + gre.payload.size());
    emit_gre(gre, bytes);
    // The kernel reports an ICMP error about an earlier packet here, once: try again.
    if (send(socket_.get(), bytes.data(), bytes.size(), 0) >= 0) continue;
    if (errno != EAGAIN && errno != ENOBUFS &&
        send(socket_.get(), bytes.data(), bytes.size(), 0) >= 0)
      continue;
    if (errno == EAGAIN || errno == ENOBUFS) return i;  // no room now, for the rest as well
    ++counters_.skipped;                                // the remote end is unreachable now
  }
  return packets.size();
}

}  // namespace apiary
