#include "personality/dhcp_quirks.h"

#include <algorithm>

#include "personality/fingerprint.h"

namespace apiary {
namespace {

using namespace std::string_view_literals;

// Lists of option numbers (RFC 2132) in octal, as the systems' clients send them.
constexpr DhcpQuirks isc_client{.order = "\65\62\66\14\67"sv,
                                .parameters = "\1\34\2\3\17\6\167\14\54\57\32\171\52"sv,
                                .vendor_class = "",
                                .host_name = "debian",
                                .ttl = 128,
                                .type_of_service = 0x10};
constexpr DhcpQuirks bsd_client{.order = "\65\75\62\66\14\67"sv,
                                .parameters = "\1\34\2\171\3\17\6\14\167"sv,
                                .vendor_class = "",
                                .host_name = "",
                                .ttl = 128,
                                .type_of_service = 0x10};
constexpr DhcpQuirks windows_10_client{
    .order = "\65\75\62\66\14\121\74\67"sv,
    .parameters = "\1\3\6\17\37\41\53\54\56\57\167\171\371\374"sv,
    .vendor_class = "MSFT 5.0",
    .host_name = "DESKTOP-",
    .random_letters = 7,
    .ttl = 128};
constexpr DhcpQuirks windows_7_client{.order = "\65\75\62\66\14\121\74\67"sv,
                                      .parameters = "\1\17\3\6\54\56\57\37\41\171\371\53\374"sv,
                                      .vendor_class = "MSFT 5.0",
                                      .host_name = "WIN-",
                                      .random_letters = 11,
                                      .ttl = 128};
constexpr DhcpQuirks windows_xp_client{.order = "\65\75\62\66\14\121\74\67"sv,
                                       .parameters = "\1\17\3\6\54\56\57\37\41\371\53"sv,
                                       .vendor_class = "MSFT 5.0",
                                       .host_name = "PC-",
                                       .random_letters = 8,
                                       .ttl = 128};
constexpr DhcpQuirks mac_client{.order = "\65\67\71\75\62\66\63\14"sv,
                                .parameters = "\1\171\3\6\17\167\374\137\54\56"sv,
                                .vendor_class = "",
                                .host_name = "MacBook-Pro",
                                .max_message_bytes = 1500,
                                .lease_seconds = 7'776'000,
                                .ttl = 255};
constexpr DhcpQuirks iphone_client{.order = "\65\67\71\75\62\66\63\14"sv,
                                   .parameters = "\1\171\3\6\17\167\374"sv,
                                   .vendor_class = "",
                                   .host_name = "iPhone",
                                   .max_message_bytes = 1500,
                                   .lease_seconds = 7'776'000,
                                   .ttl = 255};
constexpr DhcpQuirks android_client{.order = "\65\75\62\66\71\74\14\67"sv,
                                    .parameters = "\1\3\6\17\32\34\63\72\73\53"sv,
                                    .vendor_class = "android-dhcp-10",
                                    .host_name = "",
                                    .max_message_bytes = 1500};
constexpr DhcpQuirks busybox_client{.order = "\65\75\62\66\71\67\74"sv,
                                    .parameters = "\1\3\6\14\17\34\52"sv,
                                    .vendor_class = "udhcp 1.22.1",
                                    .host_name = "",
                                    .max_message_bytes = 576};
constexpr DhcpQuirks cisco_client{.order = "\65\71\75\62\66\14\67"sv,
                                  .parameters = "\1\6\17\54\3\41\226\53"sv,
                                  .vendor_class = "",
                                  .host_name = "Router",
                                  .max_message_bytes = 1152,
                                  .ttl = 255};
constexpr DhcpQuirks printer_client{.order = "\65\62\66\14\74\75\67"sv,
                                    .parameters = "\6\3\1\17\102\103\15\54\14\121\374"sv,
                                    .vendor_class = "Hewlett-Packard JetDirect",
                                    .host_name = "NPI",
                                    .random_letters = 6};

struct KnownQuirks {
  std::string_view family, in_name;  // empty: any name
  const DhcpQuirks& quirks;
};
// The first match counts.
constexpr KnownQuirks known_quirks[] = {
    {"Windows", "Windows 10", windows_10_client},
    {"Windows", "Windows 11", windows_10_client},
    {"Windows", "Server 2016", windows_10_client},
    {"Windows", "Server 2019", windows_10_client},
    {"Windows", "Windows XP", windows_xp_client},
    {"Windows", "Windows 2000", windows_xp_client},
    {"Windows", "Server 2003", windows_xp_client},
    {"Windows", "Windows 9", windows_xp_client},
    {"Windows", "Windows NT", windows_xp_client},
    {"Windows", "", windows_7_client},
    {"FreeBSD", "", bsd_client},
    {"OpenBSD", "", bsd_client},
    {"NetBSD", "", bsd_client},
    {"DragonFly BSD", "", bsd_client},
    {"Mac OS X", "", mac_client},
    {"OS X", "", mac_client},
    {"macOS", "", mac_client},
    {"iOS", "", iphone_client},
    {"iPhone OS", "", iphone_client},
    {"Android", "", android_client},
    {"IOS", "", cisco_client},
    {"embedded", "JetDirect", printer_client},
    {"embedded", "LaserJet", printer_client},
    {"embedded", "", busybox_client},
};

}  // namespace

DhcpQuirks default_dhcp_quirks() { return isc_client; }

DhcpQuirks dhcp_quirks_of(const Fingerprint& fingerprint) {
  const auto found =
      std::find_if(std::begin(known_quirks), std::end(known_quirks), [&](const KnownQuirks& k) {
        return k.family == fingerprint.family &&
               fingerprint.name.find(k.in_name) != std::string_view::npos;
      });
  return found == std::end(known_quirks) ? isc_client : found->quirks;
}

}  // namespace apiary
