#pragma once

#include <string>
#include <vector>

#include "base/address_set.h"

namespace apiary {

/// A condition of a rule: the packet's `key` has (or does not have) one of `values`.
struct FirewallMatch {
  std::string key;  // "iifname", "oifname", "saddr", "daddr", "state", "protocol", "skuid"; any
                    // other is one we cannot judge
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
  /// The program to change them with: nft, iptables (which speaks to the same rules) or
  /// iptables-legacy (whose rules are others).
  std::string tool = "nft";
};

/// Packets of one kind, as far as is known.
struct CheckedTraffic {
  std::string in, out;                      // interfaces; empty: any
  const AddressSet* source = nullptr;       // null: any
  const AddressSet* destination = nullptr;  // null: any
  std::string protocol = "ip";              // "ip" or "arp"
  std::string user{};                       // whose process sends them; empty: unknown
  std::string user_number{};                // the same as rules may say it
  bool is_answer = false;                   // to what was let through before
};

/// The verdict of a chain on all packets of a kind.
enum class PacketVerdict { passes, perhaps_dropped, dropped, perhaps_diverted, diverted };

/// Follows `traffic` through `chain` and the chains that it jumps to, rule by rule. A rule that
/// asks what is not known of the traffic may match or not.
PacketVerdict verdict_in(const Firewall& firewall, const FirewallChain& chain,
                         const CheckedTraffic& traffic);

/// The command that lets `traffic` pass `chain` before all of its rules.
std::string command_to_accept(const Firewall& firewall, const FirewallChain& chain,
                              const CheckedTraffic& traffic);

}  // namespace apiary
