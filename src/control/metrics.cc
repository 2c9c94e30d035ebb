#include "control/metrics.h"

#include <fmt/format.h>

namespace apiary {
namespace {

/// The value of a label, escaped.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '\n') {
      result += "\\n";
      continue;
    }
    if (letter == '"' || letter == '\\') result += '\\';
    result += letter;
  }
  return result;
}

/// Writes metrics: call begin() for each, then its samples.
class MetricsText {
 public:
  void begin(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP apiary_{} {}\n# TYPE apiary_{} {}\n", name, help, name, type);
  }
  void sample(auto value) { text_ += fmt::format("apiary_{} {}\n", name_, value); }
  void sample(std::string_view label, std::string_view of, auto value) {
    text_ += fmt::format("apiary_{}{{{}=\"{}\"}} {}\n", name_, label, escaped(of), value);
  }
  void counter(std::string_view name, std::string_view help, auto value) {
    begin(name, "counter", help);
    sample(value);
  }
  void gauge(std::string_view name, std::string_view help, auto value) {
    begin(name, "gauge", help);
    sample(value);
  }
  void histogram(std::string_view name, std::string_view help, const DurationHistogram& histogram) {
    begin(name, "histogram", help);
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < DurationHistogram::bounds.size(); ++i) {
      count += histogram.count_at(i);
      text_ += fmt::format("apiary_{}_bucket{{le=\"{}\"}} {}\n", name,
                           in_seconds(DurationHistogram::bounds[i]), count);
    }
    text_ += fmt::format(
        "apiary_{0}_bucket{{le=\"+Inf\"}} {1}\napiary_{0}_sum {2}\napiary_{0}_count {1}\n", name,
        histogram.count(), in_seconds(histogram.sum()));
  }
  std::string take() { return std::move(text_); }

 private:
  std::string name_, text_;
};

void add_traffic(MetricsText& text, std::string_view direction, const Traffic& traffic) {
  const auto each = [&](const auto& counts) {
    for (std::size_t i = 0; i < counts.size(); ++i)
      text.sample("protocol", to_string(static_cast<FrameProtocol>(i)), counts[i]);
  };
  text.begin(fmt::format("{}_packets_total", direction), "counter",
             fmt::format("Packets {}, by protocol.", direction));
  each(traffic.packets);
  text.begin(fmt::format("{}_bytes_total", direction), "counter",
             fmt::format("Bytes of the packets {}, with their link-layer headers.", direction));
  each(traffic.bytes);
}

void add_packets(MetricsText& text, const DaemonStatus& daemon, const Counters& counters) {
  add_traffic(text, "received", counters.received);
  add_traffic(text, "sent", counters.sent);
  text.begin("dropped_packets_total", "counter", "Packets without a reply, by reason.");
  for (std::size_t i = 0; i < counters.drops.size(); ++i)
    text.sample("reason", name_of(static_cast<DropReason>(i)), counters.drops[i]);
  text.begin("interface_lost_packets_total", "counter",
             "Received packets that the kernel dropped because the daemon's ring was full.");
  for (const auto& interface : daemon.interfaces)
    text.sample("interface", interface.name, interface.lost_packets);
  text.begin("interface_refused_packets_total", "counter",
             "Sent packets that an interface refused, for example as larger than its MTU.");
  for (const auto& interface : daemon.interfaces)
    text.sample("interface", interface.name, interface.refused_packets);
  text.begin("interface_up", "gauge", "Whether an interface exists, is up and has a link.");
  for (const auto& interface : daemon.interfaces)
    text.sample("interface", interface.name, interface.is_up ? 1 : 0);
  text.begin("interface_mtu_bytes", "gauge", "The MTU of an interface.");
  for (const auto& interface : daemon.interfaces)
    text.sample("interface", interface.name, interface.mtu_bytes);
  text.begin("thread_received_packets_total", "counter",
             "Packets received by each thread of hosts, if there are several.");
  for (std::size_t i = 0; i < daemon.shards.size(); ++i)
    text.sample("thread", std::to_string(i), daemon.shards[i].received_packets);
  text.begin("thread_lost_packets_total", "counter",
             "Packets that a thread received for hosts of another, which was too far behind.");
  for (std::size_t i = 0; i < daemon.shards.size(); ++i)
    text.sample("thread", std::to_string(i), daemon.shards[i].lost_packets);
  text.counter("untransmitted_packets_total", "Sent packets that the kernel did not accept.",
               daemon.untransmitted);
  text.histogram("turnaround_seconds",
                 "Time from receiving a packet to sending the replies that need no delay.",
                 daemon.turnaround);
}

void add_events(MetricsText& text, const DaemonStatus& daemon) {
  text.begin("events_total", "counter", "Events emitted, by kind.");
  for (std::size_t i = 0; i < daemon.events.size(); ++i)
    text.sample("kind", to_string(static_cast<EventKind>(i)), daemon.events[i]);
  const auto each = [&](std::string_view name, std::string_view type, std::string_view help,
                        auto value_of) {
    text.begin(name, type, help);
    for (const SinkStatus& sink : daemon.sinks) text.sample("sink", sink.name, value_of(sink));
  };
  each("sink_written_events_total", "counter", "Events that a sink has written.",
       [](const SinkStatus& sink) { return sink.written; });
  each("sink_lost_events_total", "counter",
       "Events that a sink lost because its queue was full or the daemon ended.",
       [](const SinkStatus& sink) { return sink.lost; });
  each("sink_waiting_events", "gauge", "Events in the queue of a sink.",
       [](const SinkStatus& sink) { return sink.waiting; });
  each("sink_waiting_bytes", "gauge", "Bytes of the events in the queue of a sink.",
       [](const SinkStatus& sink) { return sink.waiting_bytes; });
  each("sink_capacity_bytes", "gauge", "Capacity of the queue of a sink, in bytes.",
       [](const SinkStatus& sink) { return sink.capacity_bytes; });
  each("sink_in_trouble", "gauge", "Whether a sink cannot write or rotate its file.",
       [](const SinkStatus& sink) { return sink.trouble.empty() ? 0 : 1; });
  const auto each_spool = [&](std::string_view name, std::string_view help,
                              std::uint64_t SpoolUse::*value) {
    text.begin(name, "gauge", help);
    for (const SinkStatus& sink : daemon.sinks)
      if (sink.spool) text.sample("sink", sink.name, (*sink.spool).*value);
  };
  each_spool("sink_spooled_events", "Events in the spool of a sink.", &SpoolUse::events);
  each_spool("sink_spooled_bytes", "Bytes in the spool of a sink.", &SpoolUse::bytes);
  each_spool("sink_spool_capacity_bytes", "Capacity of the spool of a sink, in bytes.",
             &SpoolUse::max_bytes);
}

void add_state(MetricsText& text, const DaemonStatus& daemon) {
  const EngineStatus& engine = daemon.engine;
  text.begin("connections", "gauge", "TCP connections, by state.");
  text.sample("state", "established", engine.connections - engine.half_open_connections);
  text.sample("state", "half_open", engine.half_open_connections);
  text.sample("state", "held_up", engine.tarpitted_connections);
  text.gauge("tarpitted_connections", "TCP connections held by a tarpit.",
             engine.tarpitted_connections);
  text.gauge("udp_flows", "UDP conversations.", engine.udp_flows);
  text.gauge("remembered_hosts", "Simulated hosts with state in memory.", engine.remembered_hosts);
  text.gauge("bound_hosts", "Addresses that the configuration binds.", engine.bound_hosts);
  text.gauge("claimed_addresses", "Addresses that the daemon answers for.", engine.claimed.size());
  text.gauge("service_sessions", "Open conversations with services.", daemon.sessions);
  text.gauge("service_processes", "Service processes.", daemon.processes);
  text.counter("services_refused_total", "Conversations whose service was not started.",
               daemon.refused_services);
  const OutboundCounts& outbound = daemon.outbound;
  text.gauge("outbound_connections", "Connections that servers of subsystems have open.",
             outbound.open);
  text.begin("outbound_connections_total", "counter",
             "Connections that servers of subsystems began, by result.");
  text.sample("result", "opened", outbound.opened);
  text.sample("result", "failed", outbound.failed);
  text.sample("result", "refused", outbound.refused);
  text.gauge("packet_buffer_bytes", "Bytes of packets in flight on virtual links.",
             engine.packet_buffer_bytes);
}

void add_tables(MetricsText& text, const std::vector<TableUse>& tables) {
  text.begin("table_entries", "gauge",
             "Entries in a bounded table; its capacity is apiary_limit with the same name.");
  for (const TableUse& table : tables) text.sample("name", table.name, table.entries);
  text.begin("table_evictions_total", "counter", "Entries evicted from full tables.");
  for (const TableUse& table : tables) text.sample("name", table.name, table.evictions);
  text.begin("table_given_up_total", "counter", "Old name of apiary_table_evictions_total.");
  for (const TableUse& table : tables) text.sample("name", table.name, table.evictions);
}

void add_limits(MetricsText& text, const EngineStatus& engine) {
  text.begin("limit", "gauge", "A bound; see docs/limits.md.");
  for (const TableUse& table : engine.tables) text.sample("name", table.name, table.most);
  for (const ByteLimit& limit : engine.byte_limits) text.sample("name", limit.name, limit.bytes);
}

void add_links(MetricsText& text, const std::vector<LinkQueueStatus>& queues) {
  text.begin("link_queue_bytes", "gauge",
             "Bytes in the queue of a virtual link, by its routers and direction.");
  for (const LinkQueueStatus& queue : queues) {
    const std::string low = to_string(queue.low), high = to_string(queue.high);
    const std::string which =
        queue.parallel == 0 ? "" : fmt::format(", number {}", queue.parallel + 1);
    text.sample("link", low + " to " + high + which, queue.low_to_high_bytes);
    text.sample("link", high + " to " + low + which, queue.high_to_low_bytes);
  }
}

}  // namespace

std::string metrics_text(const DaemonStatus& daemon) {
  MetricsText text;
  text.begin("build_info", "gauge", "The version of the daemon.");
  text.sample("version", daemon.version, 1);
  text.gauge("start_timestamp_seconds", "When the daemon started.",
             in_seconds(daemon.started.time_since_epoch()));
  text.gauge("configuration_load_timestamp_seconds", "When the active configuration was read.",
             in_seconds(daemon.loaded.time_since_epoch()));
  text.gauge("configuration_last_reload_successful", "Whether the last reload succeeded.",
             daemon.failure.empty() ? 1 : 0);
  add_packets(text, daemon, daemon.engine.counters);
  add_events(text, daemon);
  add_state(text, daemon);
  add_tables(text, daemon.engine.tables);
  add_limits(text, daemon.engine);
  add_links(text, daemon.engine.link_queues);
  return text.take();
}

}  // namespace apiary
