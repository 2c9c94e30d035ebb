#include "personality/arp_rules.h"

#include <algorithm>
#include <string_view>

#include "personality/fingerprint.h"

namespace apiary {
namespace {

/// The rules for a pattern of replies (1) and silence (0), in the order of arp-fingerprint(1)'s
/// requests: from loopback, 0.0.0.0, broadcast and another network; operation 255, which no system
/// answers; hardware types 6 and 255; two other protocols; other lengths of protocol and hardware
/// addresses.
constexpr ArpRules answering(std::string_view pattern) {
  const auto is = [&](std::size_t at) { return pattern[at] == '1'; };
  ArpRules rules;
  rules.from_loopback = is(0);
  rules.from_nowhere = is(1);
  rules.from_broadcast = is(2);
  rules.from_afar = is(3);
  rules.hardware = is(6)   ? ArpRules::Hardware::any
                   : is(5) ? ArpRules::Hardware::or_ieee_802
                           : ArpRules::Hardware::ethernet;
  rules.any_protocol = is(7);
  rules.any_lengths = is(9);
  // The Linux kernel answers on every interface and defends no address. BSDs and their descendants,
  // which are most systems, do the opposite.
  rules.to_group = false;
  rules.defends = true;
  return rules;
}

constexpr ArpRules linux_rules;
static_assert(linux_rules.from_nowhere && linux_rules.from_afar && !linux_rules.from_loopback);

/// The same for a system whose neighbour cache follows RFC 4861.
constexpr ArpRules verifying(ArpRules rules) {
  rules.verifies_neighbours = true;
  return rules;
}

struct KnownArp {
  std::string_view family, in_name;  // empty: any name
  ArpRules rules;
};
// The first match counts. Observed patterns, for systems that Nmap has a family for.
constexpr KnownArp known_arp[] = {
    {"Linux", "Linux 1.", answering("11110000000")},
    {"Linux", "Linux 2.0", answering("11110000000")},
    {"Linux", "", verifying(linux_rules)},
    {"Windows", "Windows 3.1", answering("10110100000")},
    {"Windows", "Windows 95", answering("10110100000")},
    {"Windows", "NT 3.51", answering("10110100000")},
    {"Windows", "Windows 98", answering("11110100000")},
    {"Windows", "Windows Me", answering("11110100000")},
    {"Windows", "Windows NT", answering("11110100000")},
    {"Windows", "Windows 2000", answering("11110100000")},
    {"Windows", "Windows XP", answering("11110100000")},
    {"Windows", "Server 2003", answering("11110100000")},
    {"Windows", "", verifying(answering("01010100000"))},  // Vista and later
    {"FreeBSD", "FreeBSD 2.", answering("11110100011")},
    {"FreeBSD", "FreeBSD 3.", answering("11110100011")},
    {"FreeBSD", "FreeBSD 4.", answering("11110100011")},
    {"FreeBSD", "", answering("11110100000")},
    {"DragonFly BSD", "", answering("11110100000")},
    {"OpenBSD", "", answering("11110000011")},
    {"NetBSD", "NetBSD 6", answering("11110110000")},
    {"NetBSD", "NetBSD 7", answering("11110110000")},
    {"NetBSD", "", answering("10110110000")},
    {"Mac OS X", "10.3", answering("11110100011")},
    {"Mac OS X", "", answering("11110000000")},
    {"OS X", "", answering("11110000000")},
    {"macOS", "", answering("11110000000")},
    {"iOS", "", answering("11110000000")},
    {"iPhone OS", "", answering("11110000000")},
    {"Solaris", "", answering("11110110000")},
    {"SunOS", "", answering("11110110000")},
    {"OpenSolaris", "", answering("11110110000")},
    {"OpenIndiana", "", answering("11110110000")},
    {"HP-UX", "", answering("11110110000")},
    {"AIX", "", answering("11110100011")},
    {"IRIX", "", answering("11110100011")},
    {"IOS", "", answering("00000100000")},
    {"CatOS", "", answering("11110100000")},
    {"PIX OS", "PIX OS 4", answering("10110111111")},
    {"PIX OS", "PIX OS 5", answering("10110111111")},
    {"PIX OS", "PIX OS 7", answering("01010110011")},
    {"PIX OS", "", answering("00010110011")},
    {"ASA", "", answering("01010110011")},
    {"ScreenOS", "", answering("01000111111")},
    {"NetWare", "", answering("00000110000")},
    {"IPSO", "", answering("11110000000")},
    {"Minix", "", answering("11110000000")},
    {"BeOS", "", answering("11110000000")},
    {"Plan 9", "", answering("11110111111")},
    {"BlackBerry", "", answering("11110111111")},
    {"RISC OS", "", answering("11110000011")},
    {"VxWorks", "", answering("11110000011")},
    {"OpenServer", "", answering("10010100011")},
    {"GNU Hurd", "", answering("01010000000")},
    {"Hurd", "", answering("01010000000")},
    {"embedded", "Catalyst 1900", answering("11110000000")},
    {"embedded", "Cisco IP Phone", answering("00000110011")},
    {"embedded", "FortiGate", answering("11110100000")},
};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

ArpRules compile_arp(const Fingerprint& fingerprint) {
  const auto found =
      std::find_if(std::begin(known_arp), std::end(known_arp), [&](const KnownArp& entry) {
        return entry.family == fingerprint.family && contains(fingerprint.name, entry.in_name);
      });
  return found == std::end(known_arp) ? linux_rules : found->rules;
}

}  // namespace apiary
