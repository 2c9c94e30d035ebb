#pragma once

#include <cstdint>
#include <string_view>

#include "base/json_writer.h"
#include "event/event.h"

namespace apiary {

/// Writes the members under `apiary` of an event's JSON, which ECS has no names for. They depend on
/// the event's kind.
class ApiaryMembers {
 public:
  explicit ApiaryMembers(JsonWriter& json) : json_(json) {}

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
  void put(const events::DaemonEvent& r) const;
  void put(const events::Limit& r) const;
  void put(const events::EventsLost& r) const;
  void put(const events::Packet& r) const;

 private:
  void put_start(const EventId& start) const;
  void put_distinct(std::string_view name, std::string_view how, const Distinct& count) const;
  void put_system(std::string_view name) const;
  void put_icmp(std::uint8_t type, std::uint8_t code) const;

  JsonWriter& json_;
};

}  // namespace apiary
