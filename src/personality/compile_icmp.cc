#include <algorithm>
#include <array>

#include "base/big_endian.h"
#include "personality/compile.h"

namespace apiary {
namespace {

// Nmap's U1 probe is a datagram of 328 bytes; the fingerprint describes the reply relative to it.
constexpr std::uint32_t probe_bytes = 328;
constexpr std::uint16_t probe_id = 0x1042;
constexpr std::uint32_t error_header_bytes = 28;  // IPv4 and ICMP
constexpr std::uint32_t max_quoted_bytes = 1472;
// Systems that quote Nmap's whole probe quote up to this size (RFC 1812 section 4.3.2.3).
constexpr std::uint16_t long_quotation_bytes = 548;

constexpr std::uint8_t internetwork_control = 0xc0;  // RFC 1812 section 4.3.2.5; Linux

std::optional<std::uint16_t> number_of(const MatchExpression& expression) {
  const auto number = expression.number();
  return number ? std::optional(static_cast<std::uint16_t>(*number)) : std::nullopt;
}

EchoRule compile_echo(const Fingerprint& fingerprint, const TtlRules& ttls) {
  EchoRule rule;
  rule.ttl = ttls.initial(NmapTest::ie);
  rule.answers = !fingerprint.is_silent(NmapTest::ie);
  if (const auto fragment = fingerprint.find(NmapTest::ie, "DFI")) {
    const std::string_view chosen = fragment->choose({});
    rule.dont_fragment = chosen == "N"   ? EchoRule::Fragment::never
                         : chosen == "Y" ? EchoRule::Fragment::always
                         : chosen == "O" ? EchoRule::Fragment::opposite
                                         : EchoRule::Fragment::as_request;
  }
  if (const auto code = fingerprint.find(NmapTest::ie, "CD")) {
    const std::string_view chosen = code->choose({});
    rule.code = chosen == "Z"   ? EchoRule::Code::zero
                : chosen == "S" ? EchoRule::Code::as_request
                : chosen == "O" ? EchoRule::Code::other
                                : EchoRule::Code::constant;
    if (rule.code == EchoRule::Code::constant)
      rule.constant_code = static_cast<std::uint8_t>(code->number().value_or(0));
  }
  return rule;
}

void compile_quoted_length(const MatchExpression& expression, IcmpErrorRule& rule) {
  if (expression.accepts("G")) return;
  const auto length = number_of(expression);
  if (!length) return;
  for (const bool swaps : {false, true}) {
    const int more =
        static_cast<int>(swaps ? byte_swapped(*length) : *length) - static_cast<int>(probe_bytes);
    if (more != 0 && more != 20 && more != -20)
      continue;  // lengths with and without the header, an old mistake
    rule.quoted_length_more = static_cast<std::int16_t>(more);
    rule.swaps_quoted_length = swaps;
    return;
  }
  rule.quoted_length = length;
}

void compile_quotation(const Fingerprint& fingerprint, IcmpErrorRule& rule) {
  const auto find = [&](std::string_view attribute) {
    return fingerprint.find(NmapTest::u1, attribute);
  };
  if (const auto length = find("RIPL")) compile_quoted_length(*length, rule);
  if (const auto id = find("RID"); id && !id->accepts("G")) {
    rule.swaps_quoted_id = id->accepts("4210");
    static_assert(probe_id == 0x1042);  // 4210 the other way round
    if (!rule.swaps_quoted_id) rule.quoted_id = number_of(*id);
  }
  if (const auto sum = find("RIPCK")) {
    const std::string_view chosen = sum->choose({"G"});
    rule.quoted_ip_checksum = chosen == "Z"   ? IcmpErrorRule::Sum::zero
                              : chosen == "I" ? IcmpErrorRule::Sum::bad
                                              : IcmpErrorRule::Sum::good;
  }
  if (const auto sum = find("RUCK"); sum && !sum->accepts("G"))
    rule.quoted_udp_checksum = number_of(*sum);
  if (const auto data = find("RUD")) rule.corrupts_data = data->choose({"G"}) == "I";
}

struct FamilyQueries {
  std::string_view family;
  QueryRules rules;
};
// Other systems answer only timestamp requests (RFC 1122 sections 3.2.2.7 to 3.2.2.9).
constexpr std::array<FamilyQueries, 6> family_queries = {{
    {"Solaris", {.timestamp = true, .information = false, .mask = true}},
    {"SunOS", {.timestamp = true, .information = false, .mask = true}},
    {"IOS", {.timestamp = true, .information = true, .mask = false}},
    {"AIX", {.timestamp = true, .information = true, .mask = false}},
    {"HP-UX", {.timestamp = true, .information = true, .mask = false}},
    {"Windows", {.swaps_timestamps = true}},
}};

QueryRules compile_queries(const Fingerprint& fingerprint) {
  constexpr QueryRules silent = {.timestamp = false};
  if (fingerprint.is_silent(NmapTest::ie)) return silent;
  if (fingerprint.name.find("JetDirect") != std::string_view::npos) return silent;
  const auto found = std::ranges::find(family_queries, fingerprint.family, &FamilyQueries::family);
  return found == family_queries.end() ? QueryRules{} : found->rules;
}

struct FamilyAllowance {
  std::string_view family;
  ErrorAllowance allowance;
};
constexpr std::array<FamilyAllowance, 7> family_allowances = {{
    // icmp(7), icmp_ratelimit: one in 1,000 ms per destination. net/ipv4/route.c allows bursts of
    // six (XRLIM_BURST_FACTOR).
    {"Linux", {.burst = 6, .per_second = 1, .for_each_visitor = true}},
    // icmp(4), net.inet.icmp.icmplim: 200 per second of each type.
    {"FreeBSD", {.burst = 200, .per_second = 200, .of_unreachables_alone = true}},
    {"Mac OS X", {.burst = 250, .per_second = 250, .of_unreachables_alone = true}},
    // icmp(4) of both, net.inet.icmp.errppslimit: 100 per second.
    {"OpenBSD", {.burst = 100, .per_second = 100}},
    {"NetBSD", {.burst = 100, .per_second = 100}},
    // Solaris Tunable Parameters Reference, ip_icmp_err_interval (100 ms) and _burst (10).
    {"Solaris", {.burst = 10, .per_second = 10}},
    // Cisco IOS command reference, ip icmp rate-limit unreachable: one in 500 ms. That is why
    // traceroute loses the second probe at its last hop.
    {"IOS", {.burst = 1, .per_second = 2, .of_unreachables_alone = true}},
}};

std::optional<ErrorAllowance> compile_allowance(const Fingerprint& fingerprint) {
  const auto found =
      std::ranges::find(family_allowances, fingerprint.family, &FamilyAllowance::family);
  return found == family_allowances.end() ? std::nullopt : std::optional(found->allowance);
}

}  // namespace

void compile_icmp(const Fingerprint& fingerprint, const TtlRules& ttls, Personality& personality) {
  personality.echo = compile_echo(fingerprint, ttls);
  personality.queries = compile_queries(fingerprint);

  personality.error_allowance = compile_allowance(fingerprint);
  personality.no_route_is_host_unreachable =
      fingerprint.family == "IOS";  // traceroute shows !H there

  IcmpErrorRule& rule = personality.icmp_error;
  rule.ttl = ttls.initial(NmapTest::u1);
  rule.quoted_ttl_less = static_cast<std::int16_t>(ttls.quoted_less());
  rule.answers = !fingerprint.is_silent(NmapTest::u1);
  rule.dont_fragment = compile_flag(fingerprint, NmapTest::u1, "DF", false);
  if (fingerprint.family == "Linux") rule.type_of_service = internetwork_control;
  if (const auto service = fingerprint.find(NmapTest::u1, "TOS"))
    rule.type_of_service = static_cast<std::uint8_t>(service->number().value_or(0));
  if (const auto unused = fingerprint.find(NmapTest::u1, "UN"))
    rule.unused = unused->accepts("0") ? 0 : unused->number().value_or(0);
  if (const auto length = fingerprint.find(NmapTest::u1, "IPL")) {
    const std::uint32_t quoted = std::clamp(length->number().value_or(56), 2 * error_header_bytes,
                                            error_header_bytes + max_quoted_bytes) -
                                 error_header_bytes;
    rule.pads_quotation = quoted > probe_bytes;
    rule.quoted_bytes =
        quoted == probe_bytes ? long_quotation_bytes : static_cast<std::uint16_t>(quoted);
  }
  compile_quotation(fingerprint, rule);
}

}  // namespace apiary
