#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace apiary {

/// The device types of Nmap's Class lines.
enum class DeviceKind : std::uint8_t {
  general_purpose,
  router,
  broadband_router,
  access_point,
  bridge,
  device_switch,
  hub,
  firewall,
  load_balancer,
  proxy_server,
  security,
  printer,
  print_server,
  terminal_server,
  terminal,
  remote_management,
  power_device,
  webcam,
  media_device,
  game_console,
  storage,
  voip_phone,
  voip_adapter,
  pbx,
  telecom,
  phone,
  pda,
  specialized,
};

inline constexpr std::size_t device_kind_count =
    static_cast<std::size_t>(DeviceKind::specialized) + 1;

/// How similar the work of two kinds is, from 0 to 1 (the same kind).
double similarity(DeviceKind one, DeviceKind other);

/// Nmap's name: "print server" for DeviceKind::print_server.
std::string_view name_of(DeviceKind kind);

/// A set of device kinds.
class DeviceKinds {
 public:
  void add(DeviceKind kind) { bits_ |= bit(kind); }
  void add(DeviceKinds others) { bits_ |= others.bits_; }
  bool contains(DeviceKind kind) const { return (bits_ & bit(kind)) != 0; }
  bool empty() const { return bits_ == 0; }
  /// The first kind. REQUIRES: !empty().
  DeviceKind front() const;

 private:
  static constexpr std::uint32_t bit(DeviceKind kind) {
    return std::uint32_t{1} << static_cast<unsigned>(kind);
  }
  std::uint32_t bits_ = 0;
};

/// A word in names that identifies the kind of device: "adsl", "laserjet".
struct DeviceWord {
  std::string_view word;
  DeviceKind kind;
};
std::span<const DeviceWord> device_words();

}  // namespace apiary
