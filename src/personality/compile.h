#pragma once

#include "personality/fingerprint.h"
#include "personality/personality.h"

namespace apiary {

// The parts of compile_personality(), each in a file of its own.

/// What the system's TTLs are, and how its quotations show the one they report.
class TtlRules {
 public:
  explicit TtlRules(const Fingerprint& fingerprint);

  /// As the system sends its answer to `test`'s probe.
  std::uint8_t initial(NmapTest test) const;
  /// Received TTL minus quoted TTL. Nmap adds it to the TTL that it measures, so some systems have
  /// one above 255.
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
/// REQUIRES: the segments are compiled.
void compile_syn_rules(const Fingerprint& fingerprint, Personality& personality);
/// How far Nmap's measure of the ISNs made for `fingerprint` is from lying safely inside its
/// ranges; 0: it does.
double isn_misfit(const Fingerprint& fingerprint);
/// REQUIRES: the rules for SYNs are compiled.
void compile_sequences(const Fingerprint& fingerprint, Personality& personality);
void compile_quirks(const Fingerprint& fingerprint, Personality& personality);
void compile_icmp(const Fingerprint& fingerprint, const TtlRules& ttls, Personality& personality);

/// The alternative that offers an MSS, which the bare ones of overloaded systems lack, and
/// timestamps if and only if they are wanted; the first of equals.
OptionLayout choose_layout(const MatchExpression& expression, std::optional<bool> timestamps);

}  // namespace apiary
