#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "control/json_text.h"
#include "control/reports.h"
#include "posix/local_time.h"
#include "telemetry/drop_reason.h"

namespace apiary {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t claimed_ranges_shown = 8;

std::string time_text(Instant at) {
  const std::time_t whole = std::chrono::floor<seconds>(at.time_since_epoch()).count();
  return local_time(whole, "%Y-%m-%d %H:%M:%S") + utc_offset(whole);
}

std::string duration_text(Duration duration) {
  const auto total = std::chrono::duration_cast<seconds>(duration).count();
  return fmt::format("{} d {:02}:{:02}:{:02}", total / 86'400, total / 3'600 % 24, total / 60 % 60,
                     total % 60);
}

/// The first ranges of a set, which may have many.
std::string claimed_text(const AddressSet& claimed) {
  AddressSet shown;
  const std::size_t ranges = claimed.ranges().size();
  for (std::size_t i = 0; i < std::min(ranges, claimed_ranges_shown); ++i)
    shown.add(claimed.ranges()[i]);
  std::string text = to_string(shown);
  if (ranges > claimed_ranges_shown)
    text += fmt::format(" and {}", counted(ranges - claimed_ranges_shown, "more range"));
  return text;
}

template <class Visit>
void for_each_drop(const Counters& counters, Visit visit) {
  for (std::size_t i = 0; i < counters.drops.size(); ++i)
    if (counters.drops[i] > 0) visit(static_cast<DropReason>(i), counters.drops[i]);
}

}  // namespace

std::string status_text(const DaemonStatus& daemon) {
  const EngineStatus& engine = daemon.engine;
  const Counters& counters = engine.counters;
  std::string text;
  const auto line = [&](std::string_view title, const std::string& value) {
    text += fmt::format("{:<15}{}\n", title, value);
  };
  line("apiary",
       fmt::format("{}, up {}, since {}", daemon.version,
                   duration_text(daemon.now - daemon.started), time_text(daemon.started)));
  line("configuration",
       fmt::format("{}, loaded {}", daemon.configuration_file, time_text(daemon.loaded)));
  if (daemon.statements_since > 0)
    line("", fmt::format("and {} by apiary ctl since then",
                         counted(daemon.statements_since, "statement")));
  if (!daemon.failure.empty()) line("", "the last reload failed: " + daemon.failure);
  line("claimed",
       fmt::format("{} ({})", engine.claimed.empty() ? "nothing" : claimed_text(engine.claimed),
                   counted(engine.claimed.size(), "address")));
  for (const auto& interface : daemon.interfaces)
    line("interface",
         fmt::format("{}, {}, MTU {}, {} lost, {} refused", interface.name, interface.state,
                     interface.mtu_bytes, counted(interface.lost_packets, "packet"),
                     interface.refused_packets));
  line("hosts", fmt::format("{} bound, {} with state in memory", engine.bound_hosts,
                            engine.remembered_hosts));
  line("connections",
       fmt::format("{} over TCP, {} of them half open; {} over UDP", engine.connections,
                   engine.half_open_connections, engine.udp_flows));
  line("services", fmt::format("{}, {}", counted(daemon.sessions, "session"),
                               counted(daemon.processes, "process")));
  for (const SinkStatus& sink : daemon.sinks) {
    line("telling", fmt::format("{}: {} written, {} waiting, {} lost", sink.name, sink.written,
                                sink.waiting, sink.lost));
    if (!sink.trouble.empty()) line("", sink.trouble);
  }
  line("received", fmt::format("{}, {}", counted(counters.received.all_packets(), "packet"),
                               counted(counters.received.all_bytes(), "byte")));
  line("sent", fmt::format("{}, {}", counted(counters.sent.all_packets(), "packet"),
                           counted(counters.sent.all_bytes(), "byte")));
  for_each_drop(counters, [&](DropReason reason, std::uint64_t count) {
    line("dropped", fmt::format("{}: {}", count, describe(reason)));
  });
  for (const TableUse& table : engine.tables)
    if (table.evictions > 0)
      line("full",
           fmt::format("{}: {} evicted; capacity {}", table.name, table.evictions, table.most));
  if (daemon.untransmitted > 0)
    line("dropped", fmt::format("{}: the interface refused them", daemon.untransmitted));
  return text;
}

std::string status_json(const DaemonStatus& daemon) {
  const EngineStatus& engine = daemon.engine;
  const Counters& counters = engine.counters;
  Json interfaces = Json::array(), drops = Json::object(), sinks = Json::array(),
       tables = Json::object();
  for (const SinkStatus& sink : daemon.sinks)
    sinks.push_back({{"name", sink.name},
                     {"written", sink.written},
                     {"waiting", sink.waiting},
                     {"lost", sink.lost},
                     {"trouble", sink.trouble}});
  for (const auto& interface : daemon.interfaces)
    interfaces.push_back({{"name", interface.name},
                          {"state", interface.state},
                          {"mtu", interface.mtu_bytes},
                          {"lost_packets", interface.lost_packets},
                          {"refused_packets", interface.refused_packets}});
  for_each_drop(counters, [&](DropReason reason, std::uint64_t count) {
    drops[std::string(name_of(reason))] = count;
  });
  for (const TableUse& table : engine.tables)
    tables[std::string(table.name)] = {{"entries", table.entries},
                                       {"most", table.most},
                                       {"evictions", table.evictions},
                                       {"given_up", table.evictions}};
  const Json status = {{"version", daemon.version},
                       {"started", in_seconds(daemon.started.time_since_epoch())},
                       {"uptime_seconds", in_seconds(daemon.now - daemon.started)},
                       {"configuration",
                        {{"file", daemon.configuration_file},
                         {"loaded", in_seconds(daemon.loaded.time_since_epoch())},
                         {"statements_since", daemon.statements_since},
                         {"failure", daemon.failure}}},
                       {"claimed", claimed_text(engine.claimed)},
                       {"claimed_addresses", engine.claimed.size()},
                       {"interfaces", interfaces},
                       {"bound_hosts", engine.bound_hosts},
                       {"remembered_hosts", engine.remembered_hosts},
                       {"connections", engine.connections},
                       {"half_open_connections", engine.half_open_connections},
                       {"udp_flows", engine.udp_flows},
                       {"sessions", daemon.sessions},
                       {"processes", daemon.processes},
                       {"sinks", sinks},
                       {"tables", tables},
                       {"received_packets", counters.received.all_packets()},
                       {"received_bytes", counters.received.all_bytes()},
                       {"sent_packets", counters.sent.all_packets()},
                       {"sent_bytes", counters.sent.all_bytes()},
                       {"untransmitted_packets", daemon.untransmitted},
                       {"dropped_packets", drops}};
  return json_text(status) + "\n";
}

}  // namespace apiary
