#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>

#include "device/device_spec.h"
#include "device/kernel_tables.h"
#include "device/network_interface.h"
#include "device/xdp_steering.h"
#include "doctor/collect_snapshot.h"
#include "posix/file_descriptor.h"

namespace apiary {
namespace {

/// Asks the driver (ethtool).
template <class Request>
bool ask_driver(const std::string& name, Request& request) {
  const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq message{};
  std::copy_n(name.begin(), std::min<std::size_t>(name.size(), IFNAMSIZ - 1), message.ifr_name);
  message.ifr_data = reinterpret_cast<char*>(&request);
  return ioctl(socket.get(), SIOCETHTOOL, &message) == 0;
}

std::uint32_t driver_value(const std::string& name, std::uint32_t what) {
  ethtool_value value{what, 0};
  return ask_driver(name, value) ? value.data : 0;
}

const SeenLink* find_link(const std::vector<SeenLink>& links, int index) {
  const auto found = std::ranges::find(links, index, &SeenLink::index);
  return index == 0 || found == links.end() ? nullptr : &*found;
}

void read_driver(InterfaceView& interface) {
  ethtool_drvinfo info{};
  info.cmd = ETHTOOL_GDRVINFO;
  if (ask_driver(interface.name, info)) interface.driver = info.driver;
  if (driver_value(interface.name, ETHTOOL_GGRO) != 0) interface.merging.emplace_back("gro");
  if ((driver_value(interface.name, ETHTOOL_GFLAGS) & ETH_FLAG_LRO) != 0)
    interface.merging.emplace_back("lro");
  std::error_code ignored;
  const std::string folder = "/sys/class/net/" + interface.name;
  interface.is_wireless = std::filesystem::exists(folder + "/wireless", ignored) ||
                          std::filesystem::exists(folder + "/phy80211", ignored);
}

/// Whether it can receive visitors itself, not through the bridge or bond that it is a port of.
bool is_usable(const SeenLink& link) {
  constexpr std::string_view kinds_without_visitors[] = {"dummy", "ifb", "nlmon", "netdevsim"};
  const auto found = find_interface(link.name);
  return found && found->is_ethernet && link.is_up && link.has_link && link.master == 0 &&
         std::ranges::find(kinds_without_visitors, link.kind) == std::end(kinds_without_visitors);
}

std::vector<std::string> usable_interfaces(const std::vector<SeenLink>& links) {
  std::vector<std::string> names;
  for (const SeenLink& link : links)
    if (is_usable(link)) names.push_back(link.name);
  std::stable_partition(
      names.begin(), names.end(),
      [usual = default_interface()](const std::string& name) { return name == usual; });
  return names;
}

void read_link(const SeenLink& link, const std::vector<SeenLink>& links, InterfaceView& interface) {
  interface.has_link = link.is_up && link.has_link;
  interface.has_xdp = link.has_xdp;
  interface.kind = link.kind;
  interface.mode = link.mode;
  if (const SeenLink* const master = find_link(links, link.master)) {
    interface.master = master->name;
    interface.master_kind = master->kind;
    if (const auto found = find_interface(master->name)) interface.master_mac = found->mac;
  }
  if (const SeenLink* const lower = find_link(links, link.lower)) {
    interface.lower = lower->name;
    interface.is_lower_up = lower->is_up;
  }
}

}  // namespace

void collect_interface(const std::string& name, SystemSnapshot& snapshot) {
  InterfaceView& interface = snapshot.interface;
  DeviceSpec spec = parse_device_spec(name);
  interface.is_tun = spec.type == DeviceType::tun;
  interface.wants_xdp = spec.io != EthernetIo::packet;
  interface.name = std::move(spec.interface);
  const auto links = read_links();
  if (!links) return;
  for (const SeenLink& link : *links)
    if (link.name != "lo") snapshot.interface_names.push_back(link.name);
  snapshot.usable_interfaces = usable_interfaces(*links);
  const auto link = std::ranges::find(*links, interface.name, &SeenLink::name);
  const auto found = find_interface(interface.name);
  if (link == links->end() || !found) return;
  interface.exists = true;
  interface.is_ethernet = found->is_ethernet;
  interface.is_up = found->is_up;
  interface.mac = found->mac;
  read_driver(interface);
  read_link(*link, *links, interface);
  interface.xdp_is_ours = interface.has_xdp && XdpSteering::is_attached_to(link->index);
  if (interface.wants_xdp)
    if (const auto usable = XdpSteering::check(); !usable)
      interface.xdp_problem = to_string(usable.error());
}

}  // namespace apiary
