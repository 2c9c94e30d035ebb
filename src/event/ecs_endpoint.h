#pragma once

#include <string>
#include <string_view>

#include "base/address.h"
#include "base/json_writer.h"

namespace apiary {

/// Appends what to_string() returns, without a string of its own: events have many addresses.
void append_address(std::string& text, const IpAddress& address);

/// An endpoint of ECS: source, destination, server. Begins its object, and ends it with its life.
class EcsEndpoint {
 public:
  EcsEndpoint(JsonWriter& json, std::string_view name, const IpAddress& address);
  ~EcsEndpoint() { json_.end_object(); }
  EcsEndpoint(const EcsEndpoint&) = delete;
  EcsEndpoint& operator=(const EcsEndpoint&) = delete;

  void port(const FlowKey& flow, Port port) const {
    if (flow.protocol != IpProtocol::icmp) json_.member("port", port.number);
  }
  void traffic(std::uint64_t bytes, std::uint64_t packets) const {
    json_.member("bytes", bytes);
    if (packets > 0) json_.member("packets", packets);
  }
  /// In the form of ECS (RFC 7042): capitals and hyphens.
  void mac(const MacAddress& mac) const;

 private:
  JsonWriter& json_;
};

}  // namespace apiary
