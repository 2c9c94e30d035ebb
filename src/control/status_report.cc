#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "control/reports.h"
#include "posix/local_time.h"
#include "telemetry/drop_reason.h"

namespace apiary {
namespace {

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

/// ", tcp 80, udp 53".
std::string ports_text(const SubsystemStatus& subsystem) {
  std::string text;
  for (const Port port : subsystem.tcp) text += fmt::format(", tcp {}", port.number);
  for (const Port port : subsystem.udp) text += fmt::format(", udp {}", port.number);
  return text;
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
  for (const SubsystemStatus& subsystem : daemon.subsystems)
    line("subsystem",
         fmt::format(
             "{} of {}: {}, {}{}{}", subsystem.command, subsystem.owner,
             counted(subsystem.servers, "server"), counted(subsystem.connections, "connection"),
             subsystem.outbound == 0 ? "" : fmt::format(", {} outwards", subsystem.outbound),
             ports_text(subsystem)));
  for (const SinkStatus& sink : daemon.sinks) {
    line("sink", fmt::format("{}: {} written, {} waiting, {} lost", sink.name, sink.written,
                             sink.waiting, sink.lost));
    if (sink.spool)
      line("", fmt::format("{} in its spool, {} of {}", counted(sink.spool->events, "event"),
                           counted(sink.spool->bytes, "byte"), sink.spool->max_bytes));
    if (!sink.trouble.empty()) line("", sink.trouble);
  }
  line("received", fmt::format("{}, {}", counted(counters.received.all_packets(), "packet"),
                               counted(counters.received.all_bytes(), "byte")));
  line("sent", fmt::format("{}, {}", counted(counters.sent.all_packets(), "packet"),
                           counted(counters.sent.all_bytes(), "byte")));
  for (std::size_t i = 0; i < daemon.shards.size(); ++i) {
    const ShardTraffic& shard = daemon.shards[i];
    line(fmt::format("thread {}", i),
         fmt::format("{} received, {} sent, {} not handed over, {}, {}",
                     counted(shard.received_packets, "packet"), shard.sent_packets,
                     shard.lost_packets, counted(shard.hosts, "host"),
                     counted(shard.connections, "connection")));
  }
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

namespace {

void write_subsystem(JsonWriter& json, const SubsystemStatus& subsystem) {
  json.begin_object_element();
  json.member("template", subsystem.owner);
  json.member("command", subsystem.command);
  json.member("servers", subsystem.servers);
  json.member("connections", subsystem.connections);
  json.member("outbound", subsystem.outbound);
  for (const auto& [name, ports] :
       {std::pair{"tcp", &subsystem.tcp}, std::pair{"udp", &subsystem.udp}}) {
    json.begin_array(name);
    for (const Port port : *ports) json.element(port.number);
    json.end_array();
  }
  json.end_object();
}

void write_sink(JsonWriter& json, const SinkStatus& sink) {
  json.begin_object_element();
  json.member("name", sink.name);
  json.member("written", sink.written);
  json.member("waiting", sink.waiting);
  json.member("lost", sink.lost);
  json.member("trouble", sink.trouble);
  if (sink.spool) {
    json.begin_object("spool");
    json.member("events", sink.spool->events);
    json.member("bytes", sink.spool->bytes);
    json.member("capacity_bytes", sink.spool->max_bytes);
    json.end_object();
  }
  json.end_object();
}

void write_interfaces(JsonWriter& json, const DaemonStatus& daemon) {
  json.begin_array("interfaces");
  for (const auto& interface : daemon.interfaces) {
    json.begin_object_element();
    json.member("name", interface.name);
    json.member("state", interface.state);
    json.member("mtu", interface.mtu_bytes);
    json.member("lost_packets", interface.lost_packets);
    json.member("refused_packets", interface.refused_packets);
    json.end_object();
  }
  json.end_array();
}

void write_tables(JsonWriter& json, const EngineStatus& engine) {
  json.begin_object("tables");
  for (const TableUse& table : engine.tables) {
    json.begin_object(table.name);
    json.member("entries", table.entries);
    json.member("most", table.most);
    json.member("evictions", table.evictions);
    json.member("given_up", table.evictions);  // its former name
    json.end_object();
  }
  json.end_object();
}

void write_threads(JsonWriter& json, const DaemonStatus& daemon) {
  json.begin_array("threads");
  for (const ShardTraffic& shard : daemon.shards) {
    json.begin_object_element();
    json.member("received_packets", shard.received_packets);
    json.member("sent_packets", shard.sent_packets);
    json.member("lost_packets", shard.lost_packets);
    json.member("remembered_hosts", shard.hosts);
    json.member("connections", shard.connections);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_status(JsonWriter& json, const DaemonStatus& daemon) {
  const EngineStatus& engine = daemon.engine;
  const Counters& counters = engine.counters;
  json.member("version", daemon.version);
  json.member("started", in_seconds(daemon.started.time_since_epoch()));
  json.member("uptime_seconds", in_seconds(daemon.now - daemon.started));
  json.begin_object("configuration");
  json.member("file", daemon.configuration_file);
  json.member("loaded", in_seconds(daemon.loaded.time_since_epoch()));
  json.member("statements_since", daemon.statements_since);
  json.member("failure", daemon.failure);
  json.end_object();
  json.member("claimed", claimed_text(engine.claimed));
  json.member("claimed_addresses", engine.claimed.size());
  write_interfaces(json, daemon);
  json.member("bound_hosts", engine.bound_hosts);
  json.member("remembered_hosts", engine.remembered_hosts);
  json.member("connections", engine.connections);
  json.member("half_open_connections", engine.half_open_connections);
  json.member("udp_flows", engine.udp_flows);
  json.member("sessions", daemon.sessions);
  json.member("processes", daemon.processes);
  json.begin_array("subsystems");
  for (const SubsystemStatus& subsystem : daemon.subsystems) write_subsystem(json, subsystem);
  json.end_array();
  json.begin_array("sinks");
  for (const SinkStatus& sink : daemon.sinks) write_sink(json, sink);
  json.end_array();
  write_tables(json, engine);
  json.member("received_packets", counters.received.all_packets());
  json.member("received_bytes", counters.received.all_bytes());
  json.member("sent_packets", counters.sent.all_packets());
  json.member("sent_bytes", counters.sent.all_bytes());
  json.member("untransmitted_packets", daemon.untransmitted);
  write_threads(json, daemon);
  json.begin_object("dropped_packets");
  for_each_drop(counters, [&](DropReason reason, std::uint64_t count) {
    json.member(name_of(reason), count);
  });
  json.end_object();
}

std::string status_json(const DaemonStatus& daemon) {
  return json_object_text([&](JsonWriter& json) { write_status(json, daemon); }) + "\n";
}

}  // namespace apiary
