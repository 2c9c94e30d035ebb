#include "config/port_names.h"

#include <sstream>
#include <vector>

#include "config/nearest.h"

namespace apiary {
namespace {

std::optional<IpProtocol> protocol_called(std::string_view name) {
  if (name == "tcp") return IpProtocol::tcp;
  if (name == "udp") return IpProtocol::udp;
  return {};
}

}  // namespace

PortNames PortNames::parse(std::string_view services) {
  PortNames names;
  std::istringstream lines{std::string{services}};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string name, protocol;
    unsigned number = 0;
    char slash = 0;
    words >> name >> number >> slash >> protocol;
    const auto known = protocol_called(protocol);
    if (!words || slash != '/' || number == 0 || number > 65535 || !known) continue;
    do {
      names.ports_.try_emplace({*known, name}, Port{static_cast<std::uint16_t>(number)});
    } while (words >> name);
  }
  return names;
}

std::optional<Port> PortNames::find(std::string_view name, IpProtocol protocol) const {
  const auto found = ports_.find(std::pair{protocol, std::string{name}});
  return found == ports_.end() ? std::optional<Port>{} : found->second;
}

std::string_view PortNames::nearest(std::string_view name, IpProtocol protocol) const {
  std::vector<std::string_view> names;
  for (const auto& [key, port] : ports_)
    if (key.first == protocol) names.push_back(key.second);
  return nearest_word(name, names);
}

}  // namespace apiary
