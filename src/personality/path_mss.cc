#include "personality/path_mss.h"

#include <algorithm>
#include <array>

#include "personality/compile.h"

namespace apiary {
namespace {

constexpr std::uint16_t largest_own = 1500;  // some systems do not subtract the headers
// A smaller value is the system's: 536 for what is not on its link (RFC 879), 1024, 512 ...
constexpr std::uint16_t least_of_a_path = 1200;
// Constants of small machines are this or more: 1400, 1430, 1436, 1448 ... A tunnel leaves less.
constexpr std::uint16_t least_constant = 1400;
constexpr std::uint16_t over_pppoe = 1452;

constexpr std::array computing_families = {
    "AIX",  "Android", "DragonFly BSD", "FreeBSD", "HP-UX", "Linux", "Mac OS X", "NetBSD",
    "OS X", "OpenBSD", "Solaris",       "iOS",     "macOS", "SunOS", "iPhone OS"};

bool computes_mss(std::string_view family) {
  return family.starts_with("Windows") ||
         std::ranges::find(computing_families, family) != computing_families.end();
}

}  // namespace

bool is_of_the_submitters_path(std::string_view family, std::uint16_t mss) {
  if (mss > largest_own) return true;
  if (mss < least_of_a_path || mss >= ethernet_mss) return false;
  return computes_mss(family) || mss < least_constant || mss == over_pppoe;
}

std::uint16_t window_at_mss(std::uint16_t window, std::uint16_t from, std::uint16_t to) {
  constexpr std::uint32_t largest = 0xffff, timestamp_bytes = 12;
  if (window == largest || std::min(from, to) <= timestamp_bytes) return window;
  for (const std::uint32_t less : {0U, timestamp_bytes}) {
    const std::uint32_t segments = window / (from - less);
    const std::uint32_t fitted = segments * (to - less);
    if (segments > 0 && window % (from - less) == 0 && fitted <= largest)
      return static_cast<std::uint16_t>(fitted);
  }
  return window;
}

bool fits_ethernet(const Fingerprint& fingerprint) {
  const auto options = fingerprint.find(NmapTest::ops, "O1");
  if (!options) return true;
  const OptionLayout layout = choose_layout(*options, std::nullopt);
  const OptionToken* const mss = find_option(layout, tcp_option::mss);
  return mss == nullptr || !is_of_the_submitters_path(fingerprint.family, mss->value);
}

}  // namespace apiary
