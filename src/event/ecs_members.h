#pragma once

#include "base/json_writer.h"
#include "event/event.h"

namespace apiary {

/// Writes the members of an event's JSON that depend on its kind. Each kind has both functions.
class EcsMembers {
 public:
  EcsMembers(JsonWriter& json, const Event& event)
      : json_(json), at_(event.at), is_outbound_(event.is_outbound) {}

  /// ECS members: source, destination and network first.
  void common(const events::Contact& r) const;
  void common(const events::ContactEnd& r) const;
  void common(const events::FlowStart& r) const;
  void common(const events::FlowEnd& r) const;
  void common(const events::Note& r) const;
  void common(const events::Attempt& r) const;
  void common(const events::File& r) const;
  void common(const events::Credential& r) const;
  void common(const events::Payload& r) const;
  void common(const events::Scan& r) const;
  void common(const events::Icmp& r) const;
  void common(const events::AddressInUse& r) const;
  void common(const events::Lease& r) const;
  void common(const events::Packet& r) const;
  // These have no source or host.
  void common(const events::DaemonEvent&) const {}
  void common(const events::Limit&) const {}
  void common(const events::EventsLost&) const {}

  /// The members under `apiary`.
  void own(const events::Contact& r) const;
  void own(const events::ContactEnd& r) const;
  void own(const events::FlowStart& r) const;
  void own(const events::FlowEnd& r) const;
  void own(const events::Note& r) const;
  void own(const events::Attempt& r) const;
  void own(const events::File& r) const;
  void own(const events::Credential& r) const;
  void own(const events::Payload& r) const;
  void own(const events::Scan& r) const;
  void own(const events::Icmp& r) const;
  void own(const events::AddressInUse& r) const;
  void own(const events::Lease& r) const;
  void own(const events::DaemonEvent& r) const;
  void own(const events::Limit& r) const;
  void own(const events::EventsLost& r) const;
  void own(const events::Packet& r) const;

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
  void put_start(const EventId& start) const;
  void put_distinct(std::string_view name, std::string_view how, const Distinct& count) const;
  void put_system(std::string_view name) const;
  void put_icmp(std::uint8_t type, std::uint8_t code) const;
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
