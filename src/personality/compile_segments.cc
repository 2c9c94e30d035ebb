#include <algorithm>
#include <array>

#include "personality/compile.h"
#include "personality/path_mss.h"
#include "personality/payload_text.h"

namespace apiary {
namespace {

using namespace tcp_flag;

struct Letter {
  char letter;
  std::uint8_t flag;
};
constexpr std::array<Letter, 7> flag_letters = {
    {{'E', ece}, {'U', urg}, {'A', ack}, {'P', psh}, {'R', rst}, {'S', syn}, {'F', fin}}};

std::uint8_t flags_of(std::string_view letters) {
  std::uint8_t flags = 0;
  for (const Letter& letter : flag_letters)
    if (letters.find(letter.letter) != std::string_view::npos)
      flags = static_cast<std::uint8_t>(flags | letter.flag);
  return flags;
}

// Nmap's letters, in the order of the enumerators.
constexpr std::array<std::string_view, 4> sequence_letters = {"Z", "A", "A+", "O"};
constexpr std::array<std::string_view, 4> acknowledgment_letters = {"Z", "S", "S+", "O"};

template <class Rule>
Rule choose_rule(const std::optional<MatchExpression>& expression,
                 const std::array<std::string_view, 4>& letters, Rule otherwise) {
  if (!expression) return otherwise;
  const std::string_view chosen =
      expression->choose({letters[static_cast<std::size_t>(otherwise)]});
  const auto found = std::ranges::find(letters, chosen);
  return found == letters.end() ? otherwise : static_cast<Rule>(found - letters.begin());
}

/// The alternative with SYN if there is one and `otherwise` has it, else the first.
std::uint8_t choose_flags(const std::optional<MatchExpression>& expression,
                          std::uint8_t otherwise) {
  if (!expression) return otherwise;
  const auto alternatives = expression->alternatives();
  if ((otherwise & syn) != 0)
    for (const std::string_view alternative : alternatives)
      if ((flags_of(alternative) & syn) != 0) return flags_of(alternative);
  return flags_of(alternatives.front());
}

std::string choose_payload(const std::optional<MatchExpression>& expression) {
  if (!expression || expression->accepts("0")) return {};
  return text_with_crc32(expression->number().value_or(0));
}

/// The default for unknown systems: RFC 9293 section 3.10.7.
SegmentRule usual_rule(ProbeKind kind) {
  using enum ProbeKind;
  SegmentRule rule;
  rule.flags = rst | ack;
  rule.sequence = SequenceRule::zero;
  switch (kind) {
    case syn:
    case ecn_syn:
      rule.flags = tcp_flag::syn | ack;
      rule.sequence = SequenceRule::own;
      rule.dont_fragment = true;
      break;
    case t2:
    case t3:
      rule.answers = false;
      break;
    case t4:
    case t6:
      rule.flags = rst;
      rule.sequence = SequenceRule::acknowledgment;
      rule.acknowledgment = AcknowledgmentRule::zero;
      break;
    case t5:
    case t7:
      break;
  }
  return rule;
}

/// Whether a reply to Nmap's probe acknowledges what RFC 9293 section 3.10.7.1 says: its SYN or
/// FIN, if it has one. Systems that reply so count the bytes and flags of other segments, too.
bool follows_rfc(ProbeKind kind, AcknowledgmentRule acknowledgment) {
  switch (kind) {
    case ProbeKind::t2:
    case ProbeKind::t4:
    case ProbeKind::t6:
      return acknowledgment == AcknowledgmentRule::sequence;
    case ProbeKind::t5:
    case ProbeKind::t7:
      return acknowledgment == AcknowledgmentRule::sequence_plus_one;
    default:
      return false;
  }
}

SegmentRule compile_segment(const Fingerprint& fingerprint, NmapTest test, const TtlRules& ttls,
                            SegmentRule rule) {
  rule.ttl = ttls.initial(test);
  if (!fingerprint.has(test)) return rule;
  rule.answers = !fingerprint.is_silent(test);
  if (!rule.answers) return rule;
  const auto find = [&](std::string_view attribute) { return fingerprint.find(test, attribute); };
  rule.dont_fragment = compile_flag(fingerprint, test, "DF", rule.dont_fragment);
  rule.flags = choose_flags(find("F"), rule.flags);
  if (const auto flags = find("F"))
    rule.echoes_ece = flags->alternatives().front().starts_with('B');
  rule.sequence = choose_rule(find("S"), sequence_letters, rule.sequence);
  rule.acknowledgment = choose_rule(find("A"), acknowledgment_letters, rule.acknowledgment);
  rule.payload = choose_payload(find("RD"));
  if (const auto window = find("W"))
    rule.window = static_cast<std::uint16_t>(window->number().value_or(0));
  if (const auto options = find("O")) rule.options = choose_layout(*options, std::nullopt);
  if (const auto quirks = find("Q")) {
    const std::string_view chosen = quirks->choose({""});
    rule.sets_reserved_bit = chosen.find('R') != std::string_view::npos;
    rule.sets_urgent_pointer = chosen.find('U') != std::string_view::npos;
  }
  return rule;
}

/// The reply to a SYN that offers ECN differs from others only where Nmap's ECN test has a value.
/// Its CC gives the flags: ECE, ECE and CWR, or CWR.
SegmentRule compile_ecn(const Fingerprint& fingerprint, const TtlRules& ttls, SegmentRule rule) {
  rule.payload.clear();
  rule.options.clear();
  if (!fingerprint.has(NmapTest::ecn)) return rule;
  const std::uint8_t flags = rule.flags;
  rule.sets_reserved_bit = rule.sets_urgent_pointer = false;
  rule = compile_segment(fingerprint, NmapTest::ecn, ttls, rule);
  const auto congestion = fingerprint.find(NmapTest::ecn, "CC");
  const std::string_view letter = congestion ? congestion->choose({}) : "N";
  rule.flags = flags;
  if (letter == "Y" || letter == "S") rule.flags |= ece;
  if (letter == "O" || letter == "S") rule.flags |= cwr;
  return rule;
}

}  // namespace

void compile_segments(const Fingerprint& fingerprint, const TtlRules& ttls,
                      Personality& personality) {
  using enum ProbeKind;
  constexpr std::array<NmapTest, 8> tests = {NmapTest::t1, NmapTest::ecn, NmapTest::t2,
                                             NmapTest::t3, NmapTest::t4,  NmapTest::t5,
                                             NmapTest::t6, NmapTest::t7};
  auto& segments = personality.segments;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto kind = static_cast<ProbeKind>(i);
    if (kind == ecn_syn) continue;
    segments[i] = compile_segment(fingerprint, tests[i], ttls, usual_rule(kind));
    if (follows_rfc(kind, segments[i].acknowledgment))
      segments[i].acknowledgment = AcknowledgmentRule::end_of_segment;
  }
  // Nmap records silence to T5 only for a port that it knows as closed, so that port had answered
  // the plain SYN of its port scan.
  personality.default_reset = personality.segment(t5);
  if (!personality.default_reset.answers) {
    personality.default_reset = usual_rule(t5);
    personality.default_reset.acknowledgment = AcknowledgmentRule::end_of_segment;
    personality.default_reset.ttl = ttls.initial(NmapTest::t5);
  }
  segments[static_cast<std::size_t>(ecn_syn)] =
      compile_ecn(fingerprint, ttls, personality.segment(syn));
}

OptionLayout choose_layout(const MatchExpression& expression, std::optional<bool> timestamps) {
  OptionLayout best;
  int best_score = -1;
  for (const std::string_view alternative : expression.alternatives()) {
    auto layout = parse_option_layout(expand_brackets(alternative));
    if (!layout) continue;
    const bool stamps = find_option(*layout, tcp_option::timestamps) != nullptr;
    const OptionToken* const mss = find_option(*layout, tcp_option::mss);
    const int score = (mss != nullptr ? 4 : 0) + (timestamps && stamps == *timestamps ? 2 : 0) +
                      (mss != nullptr && mss->value == ethernet_mss ? 1 : 0);
    if (score <= best_score) continue;
    best = *std::move(layout);
    best_score = score;
  }
  return best;
}

}  // namespace apiary
