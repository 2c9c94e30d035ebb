#include "personality/aliases.h"

#include <algorithm>
#include <array>

namespace apiary {
namespace {

// Sorted by the old name, byte by byte.
constexpr auto aliases = std::to_array<Alias>({
    {"AIX 4.3.2.0-4.3.3.0 on an IBM RS/*", "IBM AIX 4.3"},
    {"Apple Mac OS 8.5.1 (Appleshare IP 6.0)", "Apple Mac OS 8.1 - 8.6"},
    {"Apple Mac OS 9 - 9.1", "Apple Mac OS 9.0.4 - 9.2"},
    {"Cisco 7206 running IOS 11.1(24)", "Cisco 2500 router (IOS 11.1)"},
    {"Cisco IOS 11.3 - 12.0(11)", "Cisco 2600 router (IOS 12.0)"},
    {"Cisco IOS 12.1(5)-12.2(1)", "Cisco 2600 router (IOS 12.1)"},
    {"Cisco IOS 12.1(5)-12.2(7a)", "Cisco 2600 router (IOS 12.1)"},
    {"Cisco IOS 12.2(8)T5 on a 7507 router", "Cisco 2811 router (IOS 12.2 - 12.4)"},
    {"FreeBSD 4.4-RELEASE", "FreeBSD 4.6.2-RELEASE"},
    {"FreeBSD 4.6", "FreeBSD 4.6.2-RELEASE"},
    {"FreeBSD 4.7-RELEASE", "FreeBSD 4.7-STABLE"},
    {"FreeBSD 5.0-CURRENT", "FreeBSD 5.0-RELEASE"},
    {"IRIX 6.5.15m on SGI 02", "SGI IRIX 6.5.15m"},
    {"Linux 2.2.12 - 2.2.19", "Linux 2.2.5 - 2.2.14 (Red Hat 6.0 - 6.2)"},
    {"Linux 2.2.14", "Linux 2.2.14 (Red Hat 6.2)"},
    {"Linux 2.4.16 - 2.4.18", "Linux 2.4.18"},
    {"Linux 2.4.18 - 2.4.20 (X86)", "Linux 2.4.19 - 2.4.20"},
    {"Linux 2.4.7 (X86)", "Linux 2.4.7"},
    {"Linux Kernel 2.4.0 - 2.4.18 (X86)", "Linux 2.4.18"},
    {"Linux Kernel 2.4.0 - 2.5.20", "Linux 2.4.20"},
    {"Linux kernel 2.0.33", "Linux 2.0.33"},
    {"Linux kernel 2.2.13", "Linux 2.2.13 (SuSE 6.3)"},
    {"Microsoft Windows 2000 SP3", "Microsoft Windows 2000 SP3/SP4 or Windows XP SP1/SP2"},
    {"Microsoft Windows 98 SP1", "Microsoft Windows 98"},
    {"Microsoft Windows NT 4.0 SP5-SP6", "Microsoft Windows NT 4.0 SP5 - SP6a"},
    {"NetBSD 1.5.2 running on a Commodore Amiga (68040 processor)",
     "NetBSD 1.4.2 - 1.5.2; Lanier LS232c, NRG DSc428, Ricoh Aficio 2020, Ricoh NRG MP 161, or "
     "Savin 8055 printer; or Panasonic Network Camera (BB-HCM331, BB-HCM381, BCL-30A, BL-C1CE, or "
     "BL-C10CE)"},
    {"OpenBSD 3.0 or 3.3", "OpenBSD 3.3"},
    {"OpenBSD 3.2", "OpenBSD 3.2 (x86)"},
    {"Solaris 2.6 - 2.7", "Sun Solaris 2.6"},
    {"Solaris 8 early access beta through actual release", "Sun Solaris 8"},
    {"Solaris 9", "Sun Solaris 9"},
    {"Sun Solaris 9 with TCP_STRONG_ISS set to 2", "Sun Solaris 9"},
    {"Windows 2000 server SP2", "Microsoft Windows 2000 SP2"},
    {"Windows 98", "Microsoft Windows 98"},
    {"Windows NT 4.0 Server SP5-SP6", "Microsoft Windows NT 4.0 SP5 - SP6a"},
    {"Windows XP Pro", "Microsoft Windows XP Professional"},
});
static_assert(std::ranges::is_sorted(aliases, {}, &Alias::old_name));

}  // namespace

std::span<const Alias> all_aliases() { return aliases; }

std::optional<std::string_view> find_alias(std::string_view old_name) {
  const auto found = std::ranges::lower_bound(aliases, old_name, {}, &Alias::old_name);
  if (found == aliases.end() || found->old_name != old_name) return std::nullopt;
  return found->name;
}

}  // namespace apiary
