#include "audit/system_kind.h"

#include <algorithm>
#include <array>
#include <string>

namespace apiary {
namespace {

struct SystemWord {
  std::string_view word;  // lower case
  SystemKind kind;
};

constexpr auto name_words = std::to_array<SystemWord>({{"windows", SystemKind::windows},
                                                       {"freebsd", SystemKind::bsd},
                                                       {"openbsd", SystemKind::bsd},
                                                       {"netbsd", SystemKind::bsd},
                                                       {"dragonfly", SystemKind::bsd},
                                                       {"mac os", SystemKind::apple},
                                                       {"macos", SystemKind::apple},
                                                       {"os x", SystemKind::apple},
                                                       {"iphone", SystemKind::apple},
                                                       {"apple ios", SystemKind::apple},
                                                       {"cisco", SystemKind::cisco},
                                                       {"linux", SystemKind::linux_kernel},
                                                       {"android", SystemKind::linux_kernel}});

// Words of banners that name the system of the machine, not of the program.
constexpr auto text_words =
    std::to_array<SystemWord>({{"microsoft-iis", SystemKind::windows},
                               {"microsoft-httpapi", SystemKind::windows},
                               {"microsoft ftp", SystemKind::windows},
                               {"microsoft esmtp", SystemKind::windows},
                               {"microsoft windows", SystemKind::windows},
                               {"(win32)", SystemKind::windows},
                               {"(win64)", SystemKind::windows},
                               {"windows_nt", SystemKind::windows},
                               {"openssh_for_windows", SystemKind::windows},
                               {"ubuntu", SystemKind::linux_kernel},
                               {"debian", SystemKind::linux_kernel},
                               {"centos", SystemKind::linux_kernel},
                               {"red hat", SystemKind::linux_kernel},
                               {"fedora", SystemKind::linux_kernel},
                               {"alpine", SystemKind::linux_kernel},
                               {"(linux", SystemKind::linux_kernel},
                               {"gnu/linux", SystemKind::linux_kernel},
                               {"freebsd", SystemKind::bsd},
                               {"netbsd", SystemKind::bsd},
                               {"openbsd", SystemKind::bsd},
                               {"darwin", SystemKind::apple},
                               {"cisco ios", SystemKind::cisco},
                               {"cisco-", SystemKind::cisco},
                               {"user access verification", SystemKind::cisco}});

template <std::size_t count>
SystemKind find_word(std::string_view text, const std::array<SystemWord, count>& words) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (const SystemWord& word : words)
    if (lower.find(word.word) != lower.npos) return word.kind;
  return SystemKind::unknown;
}

}  // namespace

std::string_view name_of(SystemKind kind) {
  constexpr std::array<std::string_view, 7> names{"unknown", "Linux", "Windows", "BSD",
                                                  "Apple",   "Cisco", "other"};
  return names[static_cast<std::size_t>(kind)];
}

SystemKind system_of_name(std::string_view personality) {
  if (personality.empty() || personality == "generic") return SystemKind::unknown;
  const SystemKind found = find_word(personality, name_words);
  return found == SystemKind::unknown ? SystemKind::other : found;
}

SystemKind system_in_text(std::string_view text) { return find_word(text, text_words); }

SystemKind system_of_stack(const HostObservation& host) {
  for (const Exchange& exchange : host.of(Series::syn_offers)) {
    const Heard* const answer = exchange.from(host.address);
    if (answer == nullptr || answer->tcp() == nullptr || !answer->tcp()->accepts()) continue;
    const int ttl = initial_ttl(answer->ttl);
    if (ttl == 128) return SystemKind::windows;
    const auto& kinds = answer->tcp()->kinds;
    constexpr std::array<std::uint8_t, 3> linux_order{tcp_option::mss, tcp_option::sack_permitted,
                                                      tcp_option::timestamps};
    if (ttl == 64 && kinds.size() >= linux_order.size() &&
        std::equal(linux_order.begin(), linux_order.end(), kinds.begin()))
      return SystemKind::linux_kernel;
  }
  return SystemKind::unknown;
}

SystemKind system_of(const HostObservation& host) {
  const SystemKind configured = system_of_name(host.configured.personality);
  return configured == SystemKind::unknown ? system_of_stack(host) : configured;
}

bool can_be_same(SystemKind one, SystemKind other) {
  return one == other || one == SystemKind::unknown || other == SystemKind::unknown ||
         one == SystemKind::other || other == SystemKind::other;
}

int initial_ttl(std::uint8_t ttl) {
  for (const int initial : {32, 64, 128})
    if (ttl <= initial) return initial;
  return 255;
}

}  // namespace apiary
