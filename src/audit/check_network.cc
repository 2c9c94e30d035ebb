// What shows by comparison of hosts, and on the way to them: T10, T11, T13, T18, T19, T20, T28 to
// T30, and T14 and T15, which wait for IPv6.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "audit/checks.h"
#include "audit/collect.h"
#include "audit/system_kind.h"
#include "wire/dhcp.h"

namespace apiary {
namespace {

std::vector<Duration> round_trips(const HostObservation& host) {
  std::vector<Duration> times;
  for (const Exchange& echo : host.of(Series::echoes))
    if (const Heard* answer = echo.from(host.address)) times.push_back(answer->at - echo.sent);
  return times;
}

/// The routers on the way to a host, by the TTL of the probe, up to 0.0.0.0 for the host itself;
/// IPv6's :: where nothing answered.
std::vector<IpAddress> route_of(const HostObservation& host, Series series) {
  std::vector<IpAddress> route;
  for (const Exchange& exchange : host.of(series)) {
    if (exchange.from(host.address) != nullptr) {
      route.push_back(IpAddress::v4(0));
      return route;
    }
    route.push_back(exchange.answers.empty() ? IpAddress{} : exchange.answers.front().source);
  }
  return {};  // it never answered
}

bool agree(const std::vector<IpAddress>& one, const std::vector<IpAddress>& other) {
  if (one.empty() || other.empty()) return true;
  if (one.size() != other.size()) return false;
  for (std::size_t i = 0; i < one.size(); ++i)
    if (one[i] != other[i] && one[i] != IpAddress{} && other[i] != IpAddress{}) return false;
  return true;
}

/// How many routers the TTL of the host's answers shows.
std::optional<int> hops_by_ttl(const HostObservation& host) {
  for (const Series series : {Series::echoes, Series::ports})
    for (const Exchange& exchange : host.of(series))
      if (const Heard* answer = exchange.from(host.address))
        return initial_ttl(answer->ttl) - answer->ttl;
  return {};
}

void judge_ports(const HostObservation& host, Judgement& judgement) {
  const auto open = host.open_ports();
  const auto unused = std::ranges::count_if(open, [](Port port) {
    return std::ranges::find(unused_ports(), port) != unused_ports().end();
  });
  constexpr std::size_t usual = 15;  // Censys 2021: 1 % of hosts have more
  if (unused >= 3)
    judgement.fail(host.address, "ports that nothing uses are open: perhaps every port is");
  else if (open.size() > usual)
    judgement.warn(host.address, fmt::format("{} ports are open", open.size()));
}

void judge_sameness(const Observations& observations, Judgement& judgement) {
  constexpr std::size_t few = 4;
  std::map<std::string, std::set<IpAddress>> owners;  // of a text
  for (const HostObservation& host : observations.hosts)
    for (const HeardConversation& one : host.conversations)
      if ((one.topic == Topic::request || one.topic == Topic::banner) && one.said.size() > 20)
        owners[one.said].insert(host.address);
  for (const auto& [text, hosts] : owners)
    if (hosts.size() >= few && hosts.size() * 2 > observations.hosts.size())
      for (const IpAddress& host : hosts)
        judgement.warn(host, fmt::format("{} hosts say the same", hosts.size()));
}

std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// The word that the vendor of a network card must have for this personality; empty: any vendor.
std::string_view vendor_word(const HostObservation& host) {
  const std::string name = lower_case(host.configured.personality);
  for (const std::string_view word : {"cisco", "juniper", "mikrotik", "synology", "xerox"})
    if (name.find(word) != name.npos) return word;
  if (system_of(host) == SystemKind::apple) return "apple";
  return {};
}

void judge_vendor(const HostObservation& host, const AuditKnowledge& knowledge,
                  Judgement& judgement) {
  if (!knowledge.vendor_of) return;
  const std::string vendor = lower_case(knowledge.vendor_of(*host.mac));
  const std::string_view word = vendor_word(host);
  if (!word.empty() && vendor.find(word) == vendor.npos)
    judgement.warn(host.address,
                   fmt::format("its network card is of '{}', its system of {}", vendor, word));
}

/// The bytes of an option in a DHCP message; nothing if it is not there.
std::optional<std::string_view> find_dhcp_option(std::string_view message, std::uint8_t kind) {
  for (std::size_t at = sizeof(wire::DhcpHeader); at + 1 < message.size();) {
    const auto here = static_cast<std::uint8_t>(message[at]);
    if (here == dhcp_option::end) break;
    if (here == dhcp_option::pad) {
      ++at;
      continue;
    }
    const auto size = static_cast<std::uint8_t>(message[at + 1]);
    if (at + 2 + size > message.size()) break;
    if (here == kind) return message.substr(at + 2, size);
    at += 2U + size;
  }
  return {};
}

double median_seconds(std::vector<Duration> times) {
  std::ranges::sort(times);
  return in_seconds(times[times.size() / 2]);
}

}  // namespace

TellResult judge_round_trips(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for (const HostObservation& host : observations.hosts) {
    const auto times = round_trips(host);
    if (times.size() < 6) continue;
    const auto [least, most] = std::ranges::minmax(times);
    // In memory, only emulated latency takes time.
    if (observations.is_simulated && least < microseconds{100}) continue;
    judgement.examine();
    const auto off_grid = [](Duration time) {
      const auto rest = time % milliseconds{1};
      return std::min(rest, milliseconds{1} - rest);
    };
    if (most - least < microseconds{2})
      judgement.warn(host.address,
                     fmt::format("all round trips take {:.3f} ms: no network is so regular",
                                 in_seconds(least) * 1e3));
    else if (std::ranges::all_of(times,
                                 [&](Duration time) { return off_grid(time) < microseconds{1}; }))
      judgement.fail(host.address, "all round trips are whole milliseconds");
  }
  return judgement.result(observations.is_simulated
                              ? "no host is behind a link with latency; the rest takes the "
                                "network's own time"
                              : "no host answers pings");
}

TellResult judge_light_distance(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  constexpr auto least_per_hop = microseconds{20};
  for (const HostObservation& host : observations.hosts) {
    const auto times = round_trips(host);
    const auto hops = hops_by_ttl(host);
    if (times.empty() || !hops || *hops < 2) continue;
    judgement.examine();
    const Duration least = std::ranges::min(times);
    if (least >= least_per_hop * *hops) continue;
    const std::string reason = fmt::format("{} routers away by its TTL, and {:.0f} us by time",
                                           *hops, in_seconds(least) * 1e6);
    if (*hops >= 3)
      judgement.fail(host.address, reason);
    else
      judgement.warn(host.address, reason);
  }
  return judgement.result("no host is behind two or more routers");
}

TellResult judge_density(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for (const AddressDensity& density : observations.densities) {
    if (density.asked < 64) continue;
    judgement.examine();
    const double share = static_cast<double>(density.live) / static_cast<double>(density.asked);
    const std::string reason = fmt::format("{} of {} addresses of {} answer", density.live,
                                           density.asked, to_string(density.network));
    if (share > 0.95)
      judgement.fail(density.network.first(), reason);
    else if (share > 0.7)
      judgement.warn(density.network.first(), reason);
  }
  for (const HostObservation& host : observations.hosts) {
    judgement.examine();
    judge_ports(host, judgement);
  }
  judge_sameness(observations, judgement);
  return judgement.result("no hosts");
}

TellResult judge_ipv6(const Observations&, const AuditKnowledge&) {
  return not_applicable("Apiary has no IPv6 yet");
}

TellResult judge_mac_addresses(const Observations& observations, const AuditKnowledge& knowledge) {
  Judgement judgement;
  std::map<MacAddress, std::vector<IpAddress>> owners;
  for (const HostObservation& host : observations.hosts) {
    if (!host.mac) continue;
    judgement.examine();
    owners[*host.mac].push_back(host.address);
    judge_vendor(host, knowledge, judgement);
  }
  for (const auto& [mac, hosts] : owners) {
    const std::string reason =
        fmt::format("{} addresses have the MAC address {}", hosts.size(), to_string(mac));
    for (const IpAddress& host : hosts)
      if (hosts.size() >= 4)
        judgement.fail(host, reason);
      else if (hosts.size() >= 2)
        judgement.warn(host, reason);
  }
  return judgement.result("no host is on the link");
}

TellResult judge_silence(const Observations& observations, const AuditKnowledge&) {
  if (observations.listened < seconds{60})
    return not_run("listened for less than a minute: use --listen 60s");
  Judgement judgement;
  std::size_t speaking = 0;
  for (const HostObservation& host : observations.hosts)
    if (host.mac) {
      judgement.examine();
      speaking += host.speaks_unasked;
    }
  if (speaking == 0)
    for (const HostObservation& host : observations.hosts)
      if (host.mac) judgement.warn(host.address, "no host sends anything of its own accord");
  return judgement.result("no host is on the link");
}

TellResult judge_dhcp(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  std::set<MacAddress> clients;
  for (const DhcpSighting& sighting : observations.dhcp) {
    if (!clients.insert(sighting.mac).second) continue;
    const SystemKind system = system_of_name(sighting.personality);
    judgement.examine();
    const auto vendor_class = find_dhcp_option(sighting.message, dhcp_option::vendor_class);
    const bool is_microsoft = vendor_class && vendor_class->starts_with("MSFT");
    const std::string where = fmt::format("the client {}", to_string(sighting.mac));
    if (!find_dhcp_option(sighting.message, dhcp_option::parameters))
      judgement.warn(IpAddress::v4(0), where + " requests no parameters");
    else if (system != SystemKind::unknown && is_microsoft != (system == SystemKind::windows))
      judgement.fail(IpAddress::v4(0),
                     where + " has the vendor class of another system than its personality");
  }
  return judgement.result("no host has DHCP");
}

TellResult judge_load(const Observations& observations, const AuditKnowledge&) {
  if (observations.is_simulated) return not_run("the clock is simulated: use --live");
  if (observations.alone.size() < 5 || observations.beside_load.size() < 5)
    return not_applicable("fewer than two hosts answer pings");
  const double alone = median_seconds(observations.alone);
  const double beside = median_seconds(observations.beside_load);
  TellResult result{.examined = 1};
  if (beside > alone * 5 && beside > alone + 1e-3) {
    result.verdict = TellVerdict::warn;
    result.explanation = fmt::format(
        "a ping takes {:.2f} ms, and {:.2f} ms beside load of another "
        "host",
        alone * 1e3, beside * 1e3);
    result.hosts = {observations.hosts[1].address};
  }
  return result;
}

TellResult judge_paths(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for (const HostObservation& host : observations.hosts) {
    const auto udp = route_of(host, Series::trace_udp), icmp = route_of(host, Series::trace_icmp),
               tcp = route_of(host, Series::trace_tcp);
    const auto& longest = std::max(
        {udp, icmp, tcp}, [](const auto& a, const auto& b) { return a.size() < b.size(); });
    if (longest.empty()) continue;
    judgement.examine();
    if (!agree(udp, icmp) || !agree(icmp, tcp) || !agree(udp, tcp))
      judgement.fail(host.address, "traceroute by UDP, ICMP and TCP finds different ways");
    if (const auto hops = hops_by_ttl(host); hops && *hops + 1 != static_cast<int>(longest.size()))
      judgement.warn(host.address, fmt::format("{} routers away by its TTL, and {} by traceroute",
                                               *hops, longest.size() - 1));
    for (const Series series : {Series::trace_udp, Series::trace_icmp})
      for (const Exchange& exchange : host.of(series))
        for (const Heard& answer : exchange.answers)
          if (answer.is_error() && answer.icmp()->type == 11 && answer.icmp()->quote->ttl > 1)
            judgement.warn(host.address, "a router quotes a TTL that had not run out");
  }
  return judgement.result("no host answers traceroute");
}

TellResult judge_path_mtu(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for (const HostObservation& host : observations.hosts) {
    const auto& big = host.of(Series::big);
    if (big.empty() || round_trips(host).empty()) continue;
    judgement.examine();
    if (big.front().answers.empty()) {
      judgement.warn(host.address, "a ping of 1,500 bytes gets neither a reply nor an ICMP error");
      continue;
    }
    if (big.front().from(host.address) != nullptr && !big.front().answers.front().is_error())
      continue;
    if (big.size() < 2)
      judgement.fail(host.address, "fragmentation needed has no MTU of a next hop");
    else if (big[1].from(host.address) == nullptr)
      judgement.fail(host.address, "a ping of the size that fragmentation needed names is lost");
  }
  return judgement.result("no host answers pings");
}

}  // namespace apiary
