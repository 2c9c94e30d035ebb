#include "device/device_spec.h"

namespace apiary {
namespace {

constexpr std::string_view tun_prefix = "tun:";

}  // namespace

DeviceSpec parse_device_spec(std::string_view text) {
  if (text.starts_with(tun_prefix))
    return {DeviceType::tun, std::string(text.substr(tun_prefix.size()))};
  return {DeviceType::ethernet, std::string(text)};
}

std::string to_string(const DeviceSpec& spec) {
  return (spec.type == DeviceType::tun ? std::string(tun_prefix) : "") + spec.interface;
}

}  // namespace apiary
