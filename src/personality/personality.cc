#include "personality/personality.h"

#include <algorithm>

#include "personality/compile.h"

namespace apiary {

TtlRules::TtlRules(const Fingerprint& fingerprint) {
  for (std::size_t i = 0; i < nmap_test_count; ++i) {
    const auto number = [&](std::string_view attribute) {
      const auto expression = fingerprint.find(static_cast<NmapTest>(i), attribute);
      return expression ? expression->number() : std::nullopt;
    };
    const auto guess = number("TG");
    const auto measured = number("T");
    if (!guess && !measured) continue;
    // Nmap prints its measurement as an unsigned 16-bit number. Only for systems that quote a TTL
    // far above the received one does it become negative.
    const int ttl = static_cast<std::int16_t>(measured ? *measured : *guess);
    measured_[i] = ttl;
    if (ttl > 255) quoted_less_ = std::max(quoted_less_, ttl - 255);
    if (ttl < 0) quoted_less_ = ttl - usual_;
  }
  for (const NmapTest test : {NmapTest::ie, NmapTest::u1, NmapTest::t5, NmapTest::t1})
    if (measured_[static_cast<std::size_t>(test)]) usual_ = initial(test);
}

std::uint8_t TtlRules::initial(NmapTest test) const {
  const auto& measured = measured_[static_cast<std::size_t>(test)];
  if (!measured) return usual_;
  return static_cast<std::uint8_t>(std::clamp(*measured - quoted_less_, 1, 255));
}

bool compile_flag(const Fingerprint& fingerprint, NmapTest test, std::string_view attribute,
                  bool otherwise) {
  const auto expression = fingerprint.find(test, attribute);
  return expression ? expression->choose({}) == "Y" : otherwise;
}

Personality compile_personality(const Fingerprint& fingerprint) {
  const TtlRules ttls(fingerprint);
  Personality personality;
  personality.name = fingerprint.name;
  compile_segments(fingerprint, ttls, personality);
  compile_syn_rules(fingerprint, personality);
  compile_sequences(fingerprint, personality);
  compile_icmp(fingerprint, ttls, personality);
  personality.retransmission = retransmission_of(fingerprint.family, fingerprint.generation);
  personality.arp = compile_arp(fingerprint);
  personality.dhcp = dhcp_quirks_of(fingerprint);
  compile_quirks(fingerprint, personality);
  return personality;
}

}  // namespace apiary
