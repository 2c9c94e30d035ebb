#include "prober/machine_knowledge.h"

#include <charconv>
#include <map>
#include <memory>

#include "posix/read_file.h"
#include "prober/nmap_matches.h"
#include "setup/load.h"

namespace apiary {
namespace {

using CardVendors = std::map<std::uint32_t, std::string>;

/// Lines of six hexadecimal digits and a name, as in nmap-mac-prefixes.
CardVendors parse_vendors(std::string_view text) {
  constexpr std::size_t digits = 6;
  CardVendors vendors;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    std::uint32_t prefix = 0;
    const auto [end, error] =
        std::from_chars(line.data(), line.data() + std::min(digits, line.size()), prefix, 16);
    if (error == std::errc{} && end == line.data() + digits && line.size() > digits + 1)
      vendors.emplace(prefix, line.substr(digits + 1));
  }
  return vendors;
}

}  // namespace

AuditKnowledge machine_knowledge() {
  AuditKnowledge knowledge;
  if (const auto text = read_file(service_probes_file)) {
    const auto matches = std::make_shared<const NmapMatches>(*text);
    knowledge.honeypot_of = [matches](std::string_view said) { return matches->honeypot_of(said); };
  }
  if (const auto text = read_file(vendor_files[0])) {
    const auto vendors = std::make_shared<const CardVendors>(parse_vendors(*text));
    knowledge.vendor_of = [vendors](const MacAddress& mac) {
      const auto found = vendors->find(std::uint32_t{mac.bytes[0]} << 16 |
                                       std::uint32_t{mac.bytes[1]} << 8 | mac.bytes[2]);
      return found == vendors->end() ? std::string{} : found->second;
    };
  }
  return knowledge;
}

}  // namespace apiary
