#include "sink/honeyd_logs.h"

#include <fmt/format.h>

#include <iterator>

#include "event/event_text.h"
#include "posix/local_time.h"
#include "sink/sink_spec.h"

namespace apiary {
namespace {

constexpr std::string_view log_started = "honeyd log started ------";

std::time_t whole_seconds(Instant at) {
  return std::chrono::floor<seconds>(at.time_since_epoch()).count();
}

/// "2026-11-23-07:50:46.7066": local time, in tenths of a millisecond.
std::string time_text(Instant at) {
  const std::time_t whole = whole_seconds(at);
  return fmt::format("{}.{:04}", local_time(whole, "%Y-%m-%d-%H:%M:%S"),
                     (at.time_since_epoch() - seconds{whole}).count() / 100'000);
}

/// Honeyd's first line of a log, and the offset of the times that follow.
std::string start_line(Instant at) {
  return fmt::format("{} {} UTC{}\n", time_text(at), log_started, utc_offset(whole_seconds(at)));
}

/// Whether Honeyd's logs have a line for the event of the daemon: only for its start and its end.
bool is_start_or_stop(const events::DaemonEvent& daemon) {
  return daemon.kind == events::DaemonEvent::Kind::start ||
         daemon.kind == events::DaemonEvent::Kind::stop;
}

/// Honeyd's line for an event of the daemon; empty: none.
std::string daemon_text(const Event& event) {
  const auto* const daemon = std::get_if<events::DaemonEvent>(&event.body);
  if (daemon == nullptr) return "";
  if (daemon->kind == events::DaemonEvent::Kind::start)
    return fmt::format("{} UTC{}", log_started, utc_offset(whole_seconds(event.at)));
  return daemon->kind == events::DaemonEvent::Kind::stop ? "honeyd log stopped ------" : "";
}

/// "tcp(6) S 192.0.2.9 48774 10.1.0.2 80"; ICMP has no ports.
std::string flow_text(const FlowKey& flow, char what) {
  const auto number = static_cast<unsigned>(flow.protocol);
  if (flow.protocol == IpProtocol::icmp)
    return fmt::format("icmp({}) {} {} {}", number, what, to_string(flow.remote.address),
                       to_string(flow.local.address));
  return fmt::format("{}({}) {} {} {} {} {}", name_of(flow.protocol), number, what,
                     to_string(flow.remote.address), flow.remote.port.number,
                     to_string(flow.local.address), flow.local.port.number);
}

/// " [Linux 3.11 and newer]", the suffix of a line about a visitor with that system.
std::string comment_of(const std::string& visitor_system) {
  return visitor_system.empty() ? "" : fmt::format(" [{}]", visitor_system);
}

/// The line after the time; empty: the event has no line.
std::string packet_log_text(const Event& event) {
  if (const auto* const packet = std::get_if<events::Packet>(&event.body)) {
    // Honeyd's flows begin with the request.
    const std::string comment = comment_of(packet->visitor_system);
    if (packet->type == ProbeType::handshake_begun) return flow_text(packet->flow, 'S') + comment;
    std::string text = flow_text(packet->flow, '-');
    if (packet->flow.protocol == IpProtocol::icmp)
      return text +
             fmt::format(": {}({}): {}", packet->icmp_type, packet->icmp_code, packet->size_bytes) +
             comment;
    text += fmt::format(": {}", packet->size_bytes);
    if (packet->flow.protocol == IpProtocol::tcp) text += " " + flag_letters(packet->tcp_flags);
    return text + comment;
  }
  if (const auto* const start = std::get_if<events::FlowStart>(&event.body))
    return start->flow.protocol == IpProtocol::udp
               ? flow_text(start->flow, 'S') + comment_of(start->visitor_system)
               : "";
  if (const auto* const end = std::get_if<events::FlowEnd>(&event.body))
    return flow_text(end->flow, 'E') + fmt::format(": {} {}", end->received_bytes, end->sent_bytes);
  return daemon_text(event);
}

}  // namespace

void HoneydLog::append_line(std::string& text, const Event& event) {
  const std::string line = line_of(event);
  if (line.empty()) return;
  std::string offset = utc_offset(whole_seconds(event.at));
  if (offset != offset_) {
    if (!offset_.empty()) changed_with_ = event.id;
    offset_ = std::move(offset);
  }
  // The line of an event is the same for each call.
  if (changed_with_ != EventId{} && changed_with_ == event.id) text += start_line(event.at);
  fmt::format_to(std::back_inserter(text), "{} {}\n", time_text(event.at), line);
}

std::string HoneydLog::first_line(const std::string& text, Instant at) const {
  const std::string_view after_time = std::string_view(text).substr(text.find(' ') + 1);
  return after_time.starts_with(log_started) ? "" : start_line(at);
}

std::string HoneydPacketLog::line_of(const Event& event) const { return packet_log_text(event); }

/// A TCP conversation begins with the line for its SYN.
bool HoneydPacketLog::uses(const Event& event) const {
  if (event.is_outbound) return false;  // Honeyd's hosts begin no conversations
  if (const auto* const start = std::get_if<events::FlowStart>(&event.body))
    return start->flow.protocol == IpProtocol::udp;
  const auto* const daemon = std::get_if<events::DaemonEvent>(&event.body);
  return daemon == nullptr || is_start_or_stop(*daemon);
}

bool HoneydServiceLog::uses(const Event& event) const {
  if (const auto* const note = std::get_if<events::Note>(&event.body))
    return note->flow.remote != Endpoint{} && !is_orderly_exit(event);
  const auto* const daemon = std::get_if<events::DaemonEvent>(&event.body);
  return daemon != nullptr && is_start_or_stop(*daemon);
}

std::string HoneydServiceLog::line_of(const Event& event) const {
  const auto* const note = std::get_if<events::Note>(&event.body);
  if (note == nullptr) return daemon_text(event);
  if (note->flow.remote == Endpoint{} || is_orderly_exit(event)) return "";
  const FlowKey& flow = note->flow;
  return fmt::format("{}({}) {} {} {} {}: |{}|", name_of(flow.protocol),
                     static_cast<unsigned>(flow.protocol), to_string(flow.remote.address),
                     flow.remote.port.number, to_string(flow.local.address), flow.local.port.number,
                     note->text);
}

const SinkKind honeyd_packets_kind = {
    .name = "honeyd-packets",
    .place = "FILE",
    .target = SinkKind::Target::rotated_file,
    .parse = parse_file_place,
    .open =
        [](const SinkSpec& spec, const SinkSettings& settings) {
          return open_text_file_sink<HoneydPacketLog>(spec.where, settings);
        },
};

const SinkKind honeyd_services_kind = {
    .name = "honeyd-services",
    .place = "FILE",
    .target = SinkKind::Target::rotated_file,
    .parse = parse_file_place,
    .open =
        [](const SinkSpec& spec, const SinkSettings& settings) {
          return open_text_file_sink<HoneydServiceLog>(spec.where, settings);
        },
};

}  // namespace apiary
