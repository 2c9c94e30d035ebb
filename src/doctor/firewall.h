#pragma once

#include <string>
#include <vector>

#include "base/address_set.h"

namespace apiary {

/// A condition of a rule: the packet's `key` has (or does not have) one of `values`.
struct FirewallMatch {
  std::string key;  // "iifname", "oifname", "saddr", "daddr", "state", "protocol", "skuid"; any
                    // other one cannot be judged
  std::vector<std::string> values;
  bool is_negated = false;
};

/// A rule: what it does with a packet that matches all.
struct FirewallRule {
  enum class RuleVerdict { nothing, accept, drop, divert, jump, go_to, leave };
  std::vector<FirewallMatch> matches;
  RuleVerdict verdict = RuleVerdict::nothing;
  std::string target{};  // of jump and go_to: the name of a chain
};

struct FirewallChain {
  std::string family, table, name;  // "inet", "filter", "forward"
  std::string hook{};               // "forward"; empty: others jump to it
  std::string device{};             // of a chain of the family netdev
  bool drops_the_rest = false;
  std::vector<FirewallRule> rules{};
};

/// The rules of the kernel's packet filter.
struct Firewall {
  std::vector<FirewallChain> chains;
  /// The program that changes them: nft, iptables (for the same rules) or iptables-legacy (for
  /// separate rules).
  std::string tool = "nft";
};

/// Traffic, as far as its properties are known.
struct CheckedTraffic {
  std::string in, out;                      // interfaces; empty: any
  const AddressSet* source = nullptr;       // null: any
  const AddressSet* destination = nullptr;  // null: any
  std::string protocol = "ip";              // "ip" or "arp"
  std::string user{};                       // owner of the sending process; empty: unknown
  std::string user_number{};                // the same as a number, as rules may have it
  bool is_answer = false;                   // replies to packets that passed before
};

/// The verdict of a chain on all packets of a traffic.
enum class PacketVerdict { passes, perhaps_dropped, dropped, perhaps_diverted, diverted };

/// Follows `traffic` through `chain` and the chains that it jumps to, rule by rule. A rule on an
/// unknown property may match or not.
PacketVerdict verdict_in(const Firewall& firewall, const FirewallChain& chain,
                         const CheckedTraffic& traffic);

/// The command that inserts a rule for `traffic` before all rules of `chain`.
std::string command_to_accept(const Firewall& firewall, const FirewallChain& chain,
                              const CheckedTraffic& traffic);

}  // namespace apiary
