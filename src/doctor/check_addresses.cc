#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "doctor/checks.h"

namespace apiary {
namespace {

/// Reports an address of this machine that the claim contains.
void explain_own(const SystemSnapshot& s, const OwnAddress& own, Findings& findings) {
  const auto on_same_interface =
      std::ranges::count(s.own_addresses, own.interface, &OwnAddress::interface);
  const std::string address = to_string(own.address);
  if (on_same_interface > 1)
    findings.push_back(
        {"own addresses", CheckStatus::fail,
         fmt::format("{} is an address of this machine: its kernel answers, not a honeypot. "
                     "Honeypots need no address on an interface",
                     address),
         fmt::format("ip address delete {}/{} dev {}", address, own.length, own.interface)});
  else
    findings.push_back(
        {"own addresses", CheckStatus::fail,
         fmt::format("{} is the address of this machine on {}: choose another one for the honeypot",
                     address, own.interface)});
}

bool check_own(const SystemSnapshot& s, Findings& findings) {
  std::string left_out;
  bool is_fine = true;
  for (const OwnAddress& own : s.own_addresses) {
    if (!s.request.wanted.contains(own.address)) continue;
    if (s.request.named.contains(own.address)) {
      explain_own(s, own, findings);
      is_fine = false;
    }
    left_out += (left_out.empty() ? "" : ", ") + to_string(own.address);
  }
  if (is_fine)
    findings.push_back({"own addresses", CheckStatus::ok,
                        left_out.empty() ? "no honeypot has an address of this machine"
                                         : left_out + " belongs to this machine and is excluded"});
  return is_fine;
}

/// `set` as NETs, without the single addresses of real machines.
std::vector<std::string> without(AddressSet set, const LinkView& link) {
  for (const auto& [address, mac] : link.real_machines) set.remove(address);
  std::vector<std::string> nets;
  for (const AddressRange& range : set.ranges()) {
    AddressSet one;
    one.add(range);
    nets.push_back(to_string(one));
  }
  return nets;
}

void check_real_machines(const SystemSnapshot& s, Findings& findings) {
  if (!s.link.was_probed || s.link.asked == 0) return;
  if (s.link.real_machines.empty()) {
    findings.push_back({"real machines", CheckStatus::ok,
                        fmt::format("no machine on the link has any of {} probed",
                                    counted(s.link.asked, "address"))});
    return;
  }
  const auto& [address, mac] = s.link.real_machines.front();
  const std::size_t more = s.link.real_machines.size() - 1;
  const std::vector<std::string> rest = without(s.request.wanted, s.link);
  findings.push_back(
      {"real machines", CheckStatus::warn,
       fmt::format("{} belongs to a real machine ({}){}: apiary does not answer for it unless "
                   "--arp=force is given; remove it from the NETs of doctor and run",
                   to_string(address), to_string(mac),
                   more == 0 ? "" : fmt::format(", one of {} such addresses", more + 1)),
       rest.empty() ? "" : doctor_command(s.request, s.interface.name, rest)});
}

}  // namespace

void check_addresses(const SystemSnapshot& s, Findings& findings) {
  if (!s.request.configuration_error.empty() && s.request.wanted.empty()) return;
  if (s.request.wanted.empty()) {
    findings.push_back(
        {"addresses", CheckStatus::fail,
         s.request.file.empty()
             ? "no honeypots: name their addresses, or a configuration with -f"
             : s.request.file + " binds and routes no addresses: name them, for run too",
         doctor_command(s.request, s.interface.name, {"10.0.0.0/24"})});
    return;
  }
  if (!check_own(s, findings)) return;
  check_real_machines(s, findings);
}

}  // namespace apiary
