#include "device/device_spec.h"

#include <algorithm>
#include <array>

namespace apiary {
namespace {

struct Prefix {
  std::string_view text;
  DeviceType type;
  EthernetIo io;
};
constexpr std::array prefixes{
    Prefix{"tun:", DeviceType::tun, EthernetIo::packet},
    Prefix{"xdp:", DeviceType::ethernet, EthernetIo::xdp},
    Prefix{"xdp-generic:", DeviceType::ethernet, EthernetIo::xdp_generic},
};

const Prefix* prefix_of(std::string_view text) {
  const auto* const found = std::ranges::find_if(
      prefixes, [&](const Prefix& prefix) { return text.starts_with(prefix.text); });
  return found == prefixes.end() ? nullptr : found;
}

}  // namespace

DeviceSpec parse_device_spec(std::string_view text) {
  const Prefix* const prefix = prefix_of(text);
  if (prefix == nullptr) return {.interface = std::string(text)};
  return {prefix->type, std::string(text.substr(prefix->text.size())), prefix->io};
}

std::string to_string(const DeviceSpec& spec) {
  for (const Prefix& prefix : prefixes)
    if (prefix.type == spec.type && prefix.io == spec.io)
      return std::string(prefix.text) + spec.interface;
  return spec.interface;
}

std::string with_io(std::string_view io, std::string_view name) {
  if (io == "packet" || prefix_of(name) != nullptr) return std::string(name);
  return std::string(io) + ":" + std::string(name);
}

}  // namespace apiary
