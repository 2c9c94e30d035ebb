#pragma once

#include <map>
#include <tl/expected.hpp>
#include <vector>

#include "audit/prober.h"
#include "device/network_interface.h"
#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// A Prober on a real network. This machine's kernel routes what it sends. It owns the ports that
/// it sends from, so that the kernel does not answer the answers.
class RawProber final : public Prober {
 public:
  /// `packets_per_second` is its rate. Errors: no CAP_NET_RAW; the interface has no IPv4 address.
  static tl::expected<RawProber, SystemError> open(const NetworkInterface& interface,
                                                   double packets_per_second);

  IpAddress source() const override { return source_; }
  Instant now() override;
  void await_turn() override;
  void send(Bytes datagram) override;
  void ask_mac(const IpAddress& target) override;
  void wait(Duration time) override;
  std::vector<Heard> take() override;

 private:
  RawProber(NetworkInterface interface, double packets_per_second)
      : interface_(std::move(interface)), interval_(from_seconds(1 / packets_per_second)) {}

  void own_port(Bytes datagram);
  /// Reads what has arrived.
  void read();

  NetworkInterface interface_;
  Duration interval_;  // between two packets
  IpAddress source_;
  std::vector<IpPrefix> networks_;  // on the link
  FileDescriptor sender_, receiver_;
  std::map<std::pair<std::uint8_t, std::uint16_t>, FileDescriptor> ports_;  // by protocol
  std::vector<Heard> heard_;
  Instant next_turn_;
  bool has_turn_ = false;
};

}  // namespace apiary
