#include "personality/windows_release.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace apiary {
namespace {

struct NamedRelease {
  std::string_view name;
  double year;
  bool is_9x;
};
constexpr auto releases = std::to_array<NamedRelease>({
    {"3", 1992.3, true},         {"3.x", 1992.3, true},       {"3.1", 1992.3, true},
    {"3.11", 1993.8, true},      {"95", 1995.6, true},        {"98", 1998.5, true},
    {"98se", 1999.4, true},      {"me", 2000.7, true},        {"millennium", 2000.7, true},
    {"millenium", 2000.7, true}, {"nt4", 1996.6, false},      {"2000", 2000.1, false},
    {"2k", 2000.1, false},       {"whistler", 2001.3, false}, {"xp", 2001.8, false},
    {"net", 2003.0, false},      {"2003", 2003.3, false},     {"longhorn", 2006.0, false},
    {"vista", 2006.9, false},    {"2008", 2008.1, false},     {"7", 2009.8, false},
    {"2011", 2011.2, false},     {"2012", 2012.7, false},     {"8", 2012.8, false},
    {"8.1", 2013.8, false},      {"10", 2015.6, false},       {"2016", 2016.8, false},
    {"2019", 2018.8, false},     {"11", 2021.8, false},       {"2022", 2021.7, false},
});
constexpr double first_nt = 1993.6;  // 3.1
constexpr double r2_later = 1.7;     // a server's second release

double year_of_nt(const NameToken& version) {
  if (version.version.front() >= 5) return 2000.1;
  if (version.version.front() == 4) return 1996.6;
  return version.version.size() > 1 && version.version[1] >= 50 ? 1995.4 : first_nt;
}

}  // namespace

std::optional<WindowsRelease> windows_release(std::span<const NameToken> tokens) {
  if (tokens.empty()) return std::nullopt;
  if (tokens[0] == "nt") {
    for (std::size_t i = 1; i < std::min<std::size_t>(tokens.size(), 3); ++i)
      if (tokens[i].is_number() && tokens[i].version.front() < 6)
        return WindowsRelease{year_of_nt(tokens[i]), false, i + 1};
    return WindowsRelease{year_of_nt({.text = "4", .version = {4}}), false, 1};
  }
  const auto* const found = std::ranges::find(releases, tokens[0].text, &NamedRelease::name);
  if (found == releases.end()) return std::nullopt;
  WindowsRelease release{found->year, found->is_9x, 1};
  if (tokens.size() > 1 && (tokens[1] == "r2" || tokens[1] == "se")) {
    release.year += tokens[1] == "r2" ? r2_later : 0.9;
    release.length = 2;
  }
  return release;
}

std::optional<unsigned> service_pack(const NameToken& token) {
  const std::string_view text = token.text;
  if (!text.starts_with("sp") || text.size() < 3) return std::nullopt;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), number);
  if (error != std::errc{} || text.data() + text.size() - end > 1 || number > 9)
    return std::nullopt;
  return number;
}

}  // namespace apiary
