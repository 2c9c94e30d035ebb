#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/address.h"
#include "session/service_spec.h"

namespace apiary {

/// A subsystem of a honeynet.
struct SubsystemUse {
  std::shared_ptr<const ServiceSpec> subsystem;  // holds a Subsystem
  std::optional<IpAddress> host{};               // the first host that has it, if one is bound
};

/// The ports on which the subsystems of a honeynet listen now. A new one replaces it when they
/// change.
class ListeningPorts {
 public:
  struct Entry {
    std::shared_ptr<const ServiceSpec> subsystem;  // holds a Subsystem
    std::set<Port> tcp{}, udp{};

    std::set<Port>& of(IpProtocol protocol) { return protocol == IpProtocol::udp ? udp : tcp; }
    const std::set<Port>& of(IpProtocol protocol) const {
      return protocol == IpProtocol::udp ? udp : tcp;
    }
  };

  ListeningPorts() = default;
  explicit ListeningPorts(std::vector<Entry> entries) : entries_(std::move(entries)) {}

  /// Whether a subsystem, or an equal one of another version of the honeynet, listens there.
  bool has(const ServiceSpec& subsystem, IpProtocol protocol, Port port) const;
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;  // few
};

/// The connections that servers of subsystems began; UDP flows count, too.
struct OutboundCounts {
  std::size_t open = 0;                               // now
  std::uint64_t opened = 0, failed = 0, refused = 0;  // `refused`: by a limit

  void add(const OutboundCounts& other) {
    open += other.open, opened += other.opened;
    failed += other.failed, refused += other.refused;
  }
};

/// A subsystem that was started.
struct SubsystemStatus {
  std::string owner, command;
  std::size_t servers = 0;      // that run: one, or one for each host that somebody connected to
  std::size_t connections = 0;  // to them
  std::size_t outbound = 0;     // connections that they began
  std::set<Port> tcp{}, udp{};  // on which it listens
};

}  // namespace apiary
