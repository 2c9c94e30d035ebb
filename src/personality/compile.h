#pragma once

#include "personality/fingerprint.h"
#include "personality/personality.h"

namespace apiary {

// The parts of compile_personality(), each in a file of its own.

/// The TTLs of the system's packets, and how its quotations show the received one.
class TtlRules {
 public:
  explicit TtlRules(const Fingerprint& fingerprint);

  /// The TTL with which the system sends its reply to `test`'s probe.
  std::uint8_t initial(NmapTest test) const;
  /// Received TTL minus quoted TTL. Nmap adds it to the TTL that it measures, so some systems have
  /// a value above 255.
  int quoted_less() const { return quoted_less_; }

 private:
  std::array<std::optional<int>, nmap_test_count> measured_;
  std::uint8_t usual_ = 64;
  int quoted_less_ = 0;
};

bool compile_flag(const Fingerprint& fingerprint, NmapTest test, std::string_view attribute,
                  bool otherwise);

void compile_segments(const Fingerprint& fingerprint, const TtlRules& ttls,
                      Personality& personality);
/// REQUIRES: compile_segments() has run.
void compile_syn_rules(const Fingerprint& fingerprint, Personality& personality);
/// How far Nmap's measure of the ISNs generated for `fingerprint` lies from the safe part of its
/// ranges; 0: inside.
double isn_misfit(const Fingerprint& fingerprint);
/// REQUIRES: compile_syn_rules() has run.
void compile_sequences(const Fingerprint& fingerprint, Personality& personality);
void compile_quirks(const Fingerprint& fingerprint, Personality& personality);
void compile_icmp(const Fingerprint& fingerprint, const TtlRules& ttls, Personality& personality);

/// The first alternative that has an MSS, which overloaded systems omit, has timestamps if and only
/// if they are wanted, and has Ethernet's MSS.
OptionLayout choose_layout(const MatchExpression& expression, std::optional<bool> timestamps);

}  // namespace apiary
