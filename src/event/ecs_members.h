#pragma once

#include "base/json_writer.h"
#include "event/event.h"

namespace apiary {

/// Writes the ECS members of an event's JSON that depend on its kind. ApiaryMembers writes those
/// that are not of ECS; each kind has a function in both.
class EcsMembers {
 public:
  EcsMembers(JsonWriter& json, const Event& event)
      : json_(json), at_(event.at), is_outbound_(event.is_outbound) {}

  /// source, destination and network first.
  void put(const events::Contact& r) const;
  void put(const events::ContactEnd& r) const;
  void put(const events::FlowStart& r) const;
  void put(const events::FlowEnd& r) const;
  void put(const events::Note& r) const;
  void put(const events::Attempt& r) const;
  void put(const events::File& r) const;
  void put(const events::Credential& r) const;
  void put(const events::Payload& r) const;
  void put(const events::Scan& r) const;
  void put(const events::Icmp& r) const;
  void put(const events::AddressInUse& r) const;
  void put(const events::Lease& r) const;
  void put(const events::Packet& r) const;
  // These have no source or host.
  void put(const events::DaemonEvent&) const {}
  void put(const events::Limit&) const {}
  void put(const events::EventsLost&) const {}

  /// event.start and event.duration.
  template <class T>
  void times(const T& r) const {
    if constexpr (requires { r.opened; })
      put_times(r.opened);
    else if constexpr (requires { r.began; })
      put_times(r.began);
  }

 private:
  void put_times(Instant began) const;
  void put_pair(const IpAddress& source, const IpAddress& host) const;
  void put_service_flow(const FlowKey& flow) const;
  void put_flow(const FlowKey& flow, std::uint8_t icmp_type = 8, std::uint8_t icmp_code = 0) const;
  template <class More>
  void put_network(const FlowKey& flow, std::uint8_t icmp_type, std::uint8_t icmp_code,
                   More more) const;

  JsonWriter& json_;
  Instant at_;  // the event's
  bool is_outbound_;
};

}  // namespace apiary
