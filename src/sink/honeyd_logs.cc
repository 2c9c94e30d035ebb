#include "sink/honeyd_logs.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <iterator>

#include "record/record_text.h"

namespace apiary {
namespace {

/// "2026-11-23-07:50:46.7066": local time, in tenths of a millisecond.
std::string time_text(Instant at) {
  const auto since_epoch = at.time_since_epoch();
  const auto whole = std::chrono::floor<seconds>(since_epoch);
  return fmt::format("{:%Y-%m-%d-%H:%M:%S}.{:04}", fmt::localtime(std::time_t{whole.count()}),
                     (since_epoch - whole).count() / 100'000);
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

std::string flag_letters(std::uint8_t flags) {
  constexpr std::string_view letters = "FSRPAUEC";
  std::string text;
  for (std::size_t i = 0; i < letters.size(); ++i)
    if ((flags >> i & 1) != 0) text += letters[i];
  return text;
}

/// What stands behind the time; empty: nothing does.
std::string packet_log_text(const Record& record) {
  if (const auto* const packet = std::get_if<record::Packet>(&record.what)) {
    // Honeyd's flows begin with the request.
    if (packet->type == ProbeType::handshake_begun) return flow_text(packet->flow, 'S');
    std::string text = flow_text(packet->flow, '-');
    if (packet->flow.protocol == IpProtocol::icmp)
      return text +
             fmt::format(": {}({}): {}", packet->icmp_type, packet->icmp_code, packet->size_bytes);
    text += fmt::format(": {}", packet->size_bytes);
    if (packet->flow.protocol == IpProtocol::tcp) text += " " + flag_letters(packet->tcp_flags);
    return text;
  }
  if (const auto* const start = std::get_if<record::FlowStart>(&record.what))
    return start->flow.protocol == IpProtocol::udp ? flow_text(start->flow, 'S') : "";
  if (const auto* const end = std::get_if<record::FlowEnd>(&record.what))
    return flow_text(end->flow, 'E') + fmt::format(": {} {}", end->received_bytes, end->sent_bytes);
  if (const auto* const daemon = std::get_if<record::Daemon>(&record.what)) {
    if (daemon->what == record::Daemon::What::start) return "honeyd log started ------";
    if (daemon->what == record::Daemon::What::stop) return "honeyd log stopped ------";
  }
  return "";
}

}  // namespace

void HoneydPacketLog::append_line(std::string& text, const Record& record) {
  const std::string line = packet_log_text(record);
  if (line.empty()) return;
  fmt::format_to(std::back_inserter(text), "{} {}\n", time_text(record.at), line);
}

void HoneydServiceLog::append_line(std::string& text, const Record& record) {
  const auto* const note = std::get_if<record::Note>(&record.what);
  if (note == nullptr || note->flow == FlowKey{} || is_orderly_exit(record)) return;
  const FlowKey& flow = note->flow;
  fmt::format_to(std::back_inserter(text), "{} {}({}) {} {} {} {}: |{}|\n", time_text(record.at),
                 name_of(flow.protocol), static_cast<unsigned>(flow.protocol),
                 to_string(flow.remote.address), flow.remote.port.number,
                 to_string(flow.local.address), flow.local.port.number, note->text);
}

}  // namespace apiary
