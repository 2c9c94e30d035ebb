#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "personality/compile.h"
#include "personality/path_mss.h"
#include "personality/segment_reply.h"

namespace apiary {
namespace {

using Outcome = SynObservation::Outcome;

/// The SYNs whose replies a fingerprint records: SEQ 1 to 6, then ECN's.
struct KnownSyn {
  OfferedOptions offered;
  std::uint16_t mss, window;
  std::uint8_t shift;
};
constexpr OfferedOptions offers(bool mss, bool window_scale, bool sack, bool timestamps) {
  return {mss, window_scale, sack, timestamps};
}
constexpr std::array<KnownSyn, 7> known_syns = {{
    {offers(true, true, true, true), 1460, 1, 10},
    {offers(true, true, true, true), 1400, 63, 0},
    {offers(true, true, false, true), 640, 4, 5},
    {offers(false, true, true, true), 0, 4, 10},
    {offers(true, true, true, true), 536, 16, 10},
    {offers(true, false, true, true), 265, 512, 0},
    {offers(true, true, true, false), 1460, 3, 10},
}};
constexpr std::size_t ecn_index = 6;

/// Whether the system uses timestamps; nothing: the fingerprint does not say.
std::optional<bool> wants_timestamps(const Fingerprint& fingerprint) {
  const auto clock = fingerprint.find(NmapTest::seq, "TS");
  if (!clock) return std::nullopt;
  return clock->alternatives().front() != "U";
}

SynObservation observe(const Fingerprint& fingerprint, std::size_t index) {
  const bool is_ecn = index == ecn_index;
  const auto options = is_ecn ? fingerprint.find(NmapTest::ecn, "O")
                              : fingerprint.find(NmapTest::ops, fmt::format("O{}", index + 1));
  const auto window = is_ecn ? fingerprint.find(NmapTest::ecn, "W")
                             : fingerprint.find(NmapTest::win, fmt::format("W{}", index + 1));
  const KnownSyn& syn = known_syns[index];
  SynObservation seen{.offered = syn.offered, .offered_mss = syn.mss, .offered_window = syn.window};
  if (!is_ecn && fingerprint.find(NmapTest::ops, "OLD")) seen.offered.sack_permitted = false;
  if (options) seen.options = choose_layout(*options, wants_timestamps(fingerprint));
  if (window) {
    seen.window = static_cast<std::uint16_t>(window->number().value_or(0));
    for (const NumberRange& range : window->ranges())  // overloaded systems have 0
      if (seen.window == 0) seen.window = static_cast<std::uint16_t>(range.middle());
  }
  return seen;
}

/// Whether the fingerprint describes the reply to that SYN.
bool is_known(const Fingerprint& fingerprint, std::size_t index) {
  const NmapTest test = index == ecn_index ? NmapTest::ecn : NmapTest::ops;
  const NmapTest window_test = index == ecn_index ? NmapTest::ecn : NmapTest::win;
  return (fingerprint.has(test) || fingerprint.has(window_test)) && !fingerprint.is_silent(test);
}

/// A reply without options and window was a reset if other replies have them. If the first reply,
/// Nmap's T1, is a known reset, replies with options are resets, too.
void find_resets(std::vector<SynObservation>& observed, bool first_is_reset, bool all_alike) {
  const auto is_bare = [](const SynObservation& seen) {
    return seen.options.empty() && seen.window == 0;
  };
  const bool all_bare = std::ranges::all_of(observed, is_bare);
  for (SynObservation& seen : observed)
    if (first_is_reset ? seen.options.empty() || all_alike : is_bare(seen) && !all_bare)
      seen.outcome = Outcome::reset;
  if (!observed.empty())
    observed.front().outcome = first_is_reset ? Outcome::reset : Outcome::accepted;
}

/// How many times the peer's MSS `window` is, if the replies to other MSSs agree.
void find_windows_per_mss(std::vector<SynObservation>& observed) {
  const auto factor = [](const SynObservation& seen) -> std::uint16_t {
    const std::uint16_t mss = seen.offered_mss == 0 ? default_mss : seen.offered_mss;
    return seen.window != 0 && seen.window % mss == 0
               ? static_cast<std::uint16_t>(seen.window / mss)
               : std::uint16_t{0};
  };
  for (SynObservation& seen : observed)
    if (factor(seen) != 0 && std::ranges::any_of(observed, [&](const SynObservation& other) {
          return other.window != seen.window && factor(other) == factor(seen);
        }))
      seen.window_per_mss = factor(seen);
}

/// Finds in the first six replies which option values follow the visitor's SYN.
void find_followers(const Fingerprint& fingerprint, const std::vector<SynObservation>& observed,
                    SynRules& rules) {
  std::size_t shifts = 0, same_shifts = 0, lesser = 0, same = 0;
  rules.own_mss = 0;
  for (std::size_t i = 0; i < std::min(observed.size(), ecn_index); ++i) {
    if (const auto* scale = find_option(observed[i].options, tcp_option::window_scale)) {
      ++shifts;
      same_shifts += scale->value == known_syns[i].shift ? 1 : 0;
    }
    if (const auto* mss = find_option(observed[i].options, tcp_option::mss)) {
      rules.own_mss = std::max(rules.own_mss, mss->value);
      lesser += known_syns[i].mss != 0 && known_syns[i].mss < 1400 ? 1 : 0;
      same += known_syns[i].mss < 1400 && mss->value == known_syns[i].mss ? 1 : 0;
    }
  }
  rules.shift_follows_peer = shifts >= 3 && same_shifts == shifts;
  rules.mss_follows_peer = lesser > 0 && same == lesser;
  if (rules.own_mss == 0 || is_of_the_submitters_path(fingerprint.family, rules.own_mss))
    rules.own_mss = ethernet_mss;
}

/// Typical replies of a family, for what Nmap did not observe.
struct FamilyAnswer {
  std::string_view family;
  std::string_view options, options_without_timestamps;  // in Nmap's spelling
  std::uint16_t window;
};
constexpr std::array family_answers = {
    FamilyAnswer{"Linux", "M5B4ST11NW2", "M5B4NNSNW2", 5792},
    FamilyAnswer{"Windows", "M5B4NW8ST11", "M5B4NW8NNS", 8192},
    FamilyAnswer{"FreeBSD", "M5B4NW6ST11", "M5B4NW6SLL", 65535},
    FamilyAnswer{"OpenBSD", "M5B4NNSNW3NNT11", "M5B4NNSNW3", 16384},
    FamilyAnswer{"Mac OS X", "M5B4NW0NNT11SLL", "M5B4NW0SLL", 65535},
};
constexpr FamilyAnswer other_family = {"", "M5B4NNT11", "M5B4", 8192};

/// The window of a Linux on Ethernet: a number of segments, each without timestamps' bytes.
std::uint16_t linux_window(const Fingerprint& fingerprint, const OptionLayout& options) {
  const bool stamps = find_option(options, tcp_option::timestamps) != nullptr;
  const char first = fingerprint.generation.empty() ? '4' : fingerprint.generation.front();
  const int segments = first < '3' ? 4 : first == '3' ? 10 : 20;
  return static_cast<std::uint16_t>(segments * (ethernet_mss - (stamps ? 12 : 0)));
}

/// The reply of a system without known replies with options, but perhaps with a known clock.
SynObservation plain_answer(const Fingerprint& fingerprint) {
  const auto* const found =
      std::ranges::find(family_answers, fingerprint.family, &FamilyAnswer::family);
  const FamilyAnswer& family = found == family_answers.end() ? other_family : *found;
  const auto clock = fingerprint.find(NmapTest::seq, "TS");
  const bool stamps = wants_timestamps(fingerprint).value_or(false);
  SynObservation answer{
      .offered = known_syns[0].offered,
      .offered_mss = known_syns[0].mss,
      .offered_window = known_syns[0].window,
      .options = *parse_option_layout(stamps ? family.options : family.options_without_timestamps),
      .window = family.window};
  for (OptionToken& token : answer.options)
    if (token.kind == tcp_option::timestamps)
      token.shows_clock = token.echoes = !clock->accepts("0");
  if (family.family == "Linux") answer.window = linux_window(fingerprint, answer.options);
  const auto window = fingerprint.find(NmapTest::ecn, "W");
  if (window && window->number().value_or(0) != 0)
    answer.window = static_cast<std::uint16_t>(*window->number());
  return answer;
}

/// Replaces the MSS of the submitter's path by Ethernet's, and the windows that follow from it.
void fit_to_ethernet(const Fingerprint& fingerprint, SynObservation& seen) {
  for (OptionToken& token : seen.options) {
    if (token.kind != tcp_option::mss ||
        !is_of_the_submitters_path(fingerprint.family, token.value))
      continue;
    if (fingerprint.family == "Linux" && token.value > ethernet_mss) {
      seen.window = linux_window(fingerprint, seen.options);
      seen.window_per_mss = 0;
    } else if (seen.window_per_mss == 0) {
      seen.window = window_at_mss(seen.window, token.value, ethernet_mss);
    }
    token.value = ethernet_mss;
  }
}

/// The observed replies that a personality uses, with their options encoded.
SynAnswers answers_of(std::vector<SynObservation> observed) {
  for (SynObservation& seen : observed) prepare_options(seen);
  return SynAnswers(std::move(observed));
}

}  // namespace

void compile_syn_rules(const Fingerprint& fingerprint, Personality& personality) {
  const SegmentRule& plain = personality.segment(ProbeKind::syn);
  const bool refuses = (plain.flags & tcp_flag::rst) != 0;
  // Nmap since 7.94 writes OPS(R=N) for resets, which have no options.
  const bool resets_are_bare = refuses && fingerprint.is_silent(NmapTest::ops);
  std::vector<SynObservation> observed;
  for (std::size_t i = 0; i < ecn_index; ++i)
    if (resets_are_bare || is_known(fingerprint, i)) observed.push_back(observe(fingerprint, i));
  if (observed.empty() && fingerprint.has(NmapTest::t1) && plain.answers)
    observed.push_back(plain_answer(fingerprint));
  SynRules& rules = personality.syn;
  if (observed.size() == ecn_index) find_followers(fingerprint, observed, rules);
  if (is_known(fingerprint, ecn_index)) observed.push_back(observe(fingerprint, ecn_index));
  rules.answers_alike = fingerprint.find(NmapTest::ops, "OLD").has_value();
  find_resets(observed, refuses, rules.answers_alike);
  find_windows_per_mss(observed);

  std::vector<SynObservation> usual;
  // A window of 0 is legal, but used only if there is no other.
  std::ranges::copy_if(observed, std::back_inserter(usual), [](const auto& seen) {
    return seen.outcome == Outcome::accepted && seen.window != 0;
  });
  if (usual.empty())
    std::ranges::copy_if(observed, std::back_inserter(usual),
                         [](const auto& seen) { return seen.outcome == Outcome::accepted; });
  if (usual.empty()) usual.push_back(plain_answer(fingerprint));
  if (const auto* mss = find_option(usual.front().options, tcp_option::mss);
      mss != nullptr && is_of_the_submitters_path(fingerprint.family, mss->value))
    rules.path_mss = mss->value;
  for (SynObservation& seen : usual) fit_to_ethernet(fingerprint, seen);

  if (!plain.answers)
    for (std::size_t i = 0; i < ecn_index; ++i)
      observed.push_back({.offered = known_syns[i].offered,
                          .offered_mss = known_syns[i].mss,
                          .offered_window = known_syns[i].window,
                          .outcome = Outcome::silence});
  rules.to_tiny_windows = answers_of(observed.empty() ? usual : std::move(observed));
  rules.to_usual_windows = answers_of(std::move(usual));
}

}  // namespace apiary
