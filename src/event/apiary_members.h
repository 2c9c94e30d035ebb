#pragma once

#include <string_view>

#include "base/json_writer.h"
#include "event/event.h"

namespace apiary {

/// Writes the members under `apiary` of an event's JSON, which ECS has no names for. The functions
/// write_apiary() of the kinds say which.
class ApiaryMembers {
 public:
  explicit ApiaryMembers(JsonWriter& json) : json_(json) {}

  JsonWriter& json() { return json_; }

  /// The id of the conversation's flow_start; zero: nothing.
  void put_start(const EventId& start);
  /// The operating system of the visitor; empty: nothing.
  void put_system(std::string_view name);
  void put_icmp(std::uint8_t type, std::uint8_t code);
  void put_counts(const PacketCounts& counts);
  /// A number and how it was counted.
  void put_distinct(std::string_view name, std::string_view how, const Distinct& count);
  /// Number, base64 and preview of bytes, as members of the present object.
  void put_bytes(std::string_view bytes);

 private:
  JsonWriter& json_;
};

}  // namespace apiary
