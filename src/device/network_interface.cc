#include "device/network_interface.h"

#include <fmt/format.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

#include "posix/file_descriptor.h"

namespace apiary {
namespace {

std::string interface_names() {
  const std::unique_ptr<struct if_nameindex, void (*)(struct if_nameindex*)> all(if_nameindex(),
                                                                                 if_freenameindex);
  std::string names;
  for (const struct if_nameindex* at = all.get(); at != nullptr && at->if_index != 0; ++at)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", at->if_name);
  return names;
}

}  // namespace

tl::expected<NetworkInterface, SystemError> find_interface(std::string_view name) {
  NetworkInterface result;
  result.name = name;
  const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return tl::unexpected(last_privileged_error("making a socket"));

  result.index = name.size() < IFNAMSIZ ? static_cast<int>(if_nametoindex(result.name.c_str())) : 0;
  if (result.index == 0)
    return tl::unexpected(SystemError{
        fmt::format("there is no interface {}; there are: {}", name, interface_names())});

  struct ifreq request {};
  std::copy(name.begin(), name.end(), request.ifr_name);
  const auto ask = [&](unsigned long what) { return ioctl(socket.get(), what, &request) == 0; };
  if (!ask(SIOCGIFFLAGS))
    return tl::unexpected(last_privileged_error(fmt::format("reading the state of {}", name)));
  result.is_up = (request.ifr_flags & IFF_UP) != 0;
  if (!ask(SIOCGIFMTU))
    return tl::unexpected(last_privileged_error(fmt::format("reading the MTU of {}", name)));
  result.mtu_bytes = static_cast<std::size_t>(request.ifr_mtu);
  if (!ask(SIOCGIFHWADDR))
    return tl::unexpected(last_privileged_error(fmt::format("reading the MAC of {}", name)));
  result.is_ethernet = request.ifr_hwaddr.sa_family == ARPHRD_ETHER;
  std::memcpy(result.mac.bytes.data(), request.ifr_hwaddr.sa_data, result.mac.bytes.size());
  return result;
}

std::optional<std::string> default_interface() {
  std::ifstream routes("/proc/net/route");
  std::string line;
  std::getline(routes, line);  // the headings
  while (std::getline(routes, line)) {
    std::istringstream fields(line);
    std::string name, destination, gateway, flags, references, use, metric, mask;
    fields >> name >> destination >> gateway >> flags >> references >> use >> metric >> mask;
    if (destination == "00000000" && mask == "00000000") return name;
  }
  return {};
}

}  // namespace apiary
