#include "event/ecs_endpoint.h"

#include <fmt/format.h>

#include <iterator>
#include <string>

namespace apiary {

void append_address(std::string& text, const IpAddress& address) {
  if (!address.is_v4()) {
    text += to_string(address);
    return;
  }
  for (std::size_t i = 12; i < 16; ++i) {
    if (i > 12) text += '.';
    const fmt::format_int octet(address.bytes()[i]);
    text.append(octet.data(), octet.size());
  }
}

EcsEndpoint::EcsEndpoint(JsonWriter& json, std::string_view name, const IpAddress& address)
    : json_(json) {
  json_.begin_object(name);
  json_.plain_member("ip", [&](std::string& text) { append_address(text, address); });
}

void EcsEndpoint::mac(const MacAddress& mac) const {
  json_.plain_member("mac", [&](std::string& text) {
    for (std::size_t i = 0; i < mac.bytes.size(); ++i)
      fmt::format_to(std::back_inserter(text), "{}{:02X}", i == 0 ? "" : "-", mac.bytes[i]);
  });
}

}  // namespace apiary
