#include "event/apiary_members.h"

#include <string>

#include "base/printable.h"
#include "event/base64.h"

namespace apiary {

void ApiaryMembers::put_start(const EventId& start) {
  if (start != EventId{})
    json_.plain_member("flow", [&](std::string& text) { append(text, start); });
}

void ApiaryMembers::put_system(std::string_view name) {
  if (!name.empty()) json_.member("visitor_os", name);
}

void ApiaryMembers::put_icmp(std::uint8_t type, std::uint8_t code) {
  json_.begin_object("icmp");
  json_.member("type", type);
  json_.member("code", code);
  json_.end_object();
}

void ApiaryMembers::put_counts(const PacketCounts& counts) {
  json_.begin_object("packets");
  json_.member("icmp", counts.icmp);
  json_.member("tcp", counts.tcp);
  json_.member("udp", counts.udp);
  json_.end_object();
}

void ApiaryMembers::put_distinct(std::string_view name, std::string_view how,
                                 const Distinct& count) {
  json_.member(name, count.number);
  json_.member(how, to_string(count.how));
}

void ApiaryMembers::put_bytes(std::string_view bytes) {
  json_.member("bytes", bytes.size());
  json_.plain_member("base64", [&](std::string& text) { append_base64(text, as_bytes(bytes)); });
  std::string preview;
  append_preview(preview, bytes);
  json_.member("text", preview);
}

}  // namespace apiary
