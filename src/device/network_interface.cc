#include "device/network_interface.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "device/kernel_tables.h"

namespace apiary {
namespace {

bool bears(const SeenLink& link, std::string_view name) {
  return link.name == name || std::ranges::find(link.other_names, name) != link.other_names.end();
}

}  // namespace

tl::expected<NetworkInterface, SystemError> find_interface(std::string_view name) {
  const auto links = read_links();
  if (!links) return tl::unexpected(links.error());
  std::string names;
  for (const SeenLink& link : *links) {
    if (bears(link, name))
      return NetworkInterface{link.name,  link.index, link.is_ethernet,
                              link.is_up, link.mac,   link.mtu_bytes};
    names += (names.empty() ? "" : ", ") + link.name;
  }
  return tl::unexpected(
      SystemError{fmt::format("there is no interface {}; interfaces: {}", name, names)});
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
