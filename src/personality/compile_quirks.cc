// Properties of systems that fingerprints lack: a table by family, and by the version in the name.
#include <algorithm>
#include <array>
#include <initializer_list>

#include "personality/compile.h"
#include "personality/system_version.h"

namespace apiary {
namespace {

bool names_any(std::string_view name, std::initializer_list<std::string_view> systems) {
  return std::ranges::any_of(systems, [&](std::string_view system) {
    return name.find(system) != std::string_view::npos;
  });
}

struct FamilyQuirks {
  std::string_view family;
  StackQuirks quirks;
};
// Novak measured the policies. Families that are not listed count as small devices that follow RFC
// 793 literally.
constexpr StackQuirks of_small_machines = {.challenges = false,
                                           .acknowledgment_delay = milliseconds{200},
                                           .fragments = FragmentPolicy::bsd};
constexpr std::array<FamilyQuirks, 18> family_quirks = {{
    {"Linux", {}},
    {"Android", {}},
    {"Windows", {.acknowledgment_delay = milliseconds{200}, .fragments = FragmentPolicy::windows}},
    {"FreeBSD",
     {.acknowledgment_delay = milliseconds{100},
      .fragments = FragmentPolicy::bsd,
      .reports_unknown_protocols = false}},
    {"OpenBSD", {.acknowledgment_delay = milliseconds{100}, .fragments = FragmentPolicy::linux_2}},
    {"NetBSD", {.acknowledgment_delay = milliseconds{200}, .fragments = FragmentPolicy::bsd}},
    {"Mac OS X", {.acknowledgment_delay = milliseconds{100}, .fragments = FragmentPolicy::bsd}},
    {"macOS", {.acknowledgment_delay = milliseconds{100}, .fragments = FragmentPolicy::bsd}},
    {"iOS", {.acknowledgment_delay = milliseconds{100}, .fragments = FragmentPolicy::bsd}},
    {"Mac OS", {.challenges = false, .fragments = FragmentPolicy::first}},
    {"IOS", {.acknowledgment_delay = milliseconds{200}, .fragments = FragmentPolicy::last}},
    {"Solaris",
     {.challenges = false,
      .acknowledgment_delay = milliseconds{100},
      .fragments = FragmentPolicy::solaris}},
    {"SunOS", {.challenges = false, .fragments = FragmentPolicy::bsd}},
    {"HP-UX",
     {.challenges = false, .fragments = FragmentPolicy::first, .reports_unknown_protocols = false}},
    {"AIX",
     {.challenges = false,
      .acknowledgment_delay = milliseconds{200},
      .fragments = FragmentPolicy::bsd,
      .reports_unknown_protocols = false}},
    {"Digital UNIX",
     {.challenges = false, .fragments = FragmentPolicy::bsd, .reports_unknown_protocols = false}},
    {"Tru64 UNIX",
     {.challenges = false, .fragments = FragmentPolicy::bsd, .reports_unknown_protocols = false}},
    {"IRIX", {.challenges = false, .fragments = FragmentPolicy::bsd}},
}};

/// The clock of initial sequence numbers by RFC 6528, if the family has one: of 64 ns in Linux
/// (secure_seq.c), else of 4 us, as the RFC says.
std::uint16_t isn_tick(std::string_view family) {
  if (family == "Linux" || family == "Android") return 64;
  return names_any(family, {"FreeBSD", "OpenBSD", "Windows", "Mac OS X", "macOS", "iOS"}) ? 4000
                                                                                          : 0;
}

/// By Linux' sources, and measured with tests/system/reference_test.py. No version: the newest.
void compile_linux_quirks(const std::optional<SystemVersion>& version, Personality& personality) {
  StackQuirks& quirks = personality.quirks;
  if (is_before(version, 3, 6)) quirks.challenges = false;
  if (is_before(version, 4, 19)) quirks.fragments = FragmentPolicy::linux_2;
  quirks.copies_ip_options = quirks.reports_bad_options = true;
  quirks.route_entries = 2;
  quirks.errors_keep_service = true;
  quirks.resets_keep_service = !is_before(version, 3, 2);
  const bool is_early = is_before(version, 2, 4);
  quirks.tcp = {.window_grows = true,
                .acknowledges_immediately = true,
                .reports_duplicates = !is_early,
                .counts_ids = !is_early,
                .resets_other_syns = true,
                .probes_tail = !is_before(version, 3, 10),
                .half_open_ends_unreachable = true};
  IpIdRules& ids = personality.ip_ids;
  if (!is_before(version, 3, 16) && ids.icmp.kind == IpIdRule::Kind::incremental &&
      !ids.icmp_shares_tcp)
    ids.icmp.kind = IpIdRule::Kind::by_time;
}

}  // namespace

void compile_quirks(const Fingerprint& fingerprint, Personality& personality) {
  if (fingerprint.family.empty()) return;
  const auto found = std::ranges::find(family_quirks, fingerprint.family, &FamilyQuirks::family);
  StackQuirks& quirks = personality.quirks;
  quirks = found == family_quirks.end() ? of_small_machines : found->quirks;
  const std::string_view name = fingerprint.name;
  if (fingerprint.family == "Linux" || fingerprint.family == "Android")
    compile_linux_quirks(version_behind("Linux", name), personality);
  if (names_any(name, {"Windows 95", "Windows 98", "Windows Me", "Windows NT", "Windows 2000",
                       "Windows XP", "Windows Server 2003"}))
    quirks.challenges = false;
  // Windows answers timestamps, but does not offer them (Tcp1323Opts, Microsoft's documentation).
  if (fingerprint.family.starts_with("Windows")) quirks.offers_timestamps = false;
  // The slow timer of 4.4BSD and its descendants frees incomplete datagrams without an error.
  quirks.reports_lapsed_fragments = !names_any(
      fingerprint.family,
      {"BSD", "Mac OS X", "macOS", "iOS", "AIX", "Digital UNIX", "Tru64 UNIX", "IRIX", "SunOS"});
  if (personality.isn.is_uniform) personality.isn.tick_nanoseconds = isn_tick(fingerprint.family);
  if (names_any(name, {"JetDirect"})) quirks.fragments = FragmentPolicy::bsd_right;
}

}  // namespace apiary
