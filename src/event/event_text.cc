#include "event/event_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/counted.h"
#include "base/hexadecimal.h"
#include "base/overloaded.h"
#include "base/printable.h"

namespace apiary {

std::string icmp_type_name(std::uint8_t type) {
  switch (type) {
    case 0:
      return "echo reply";
    case 8:
      return "echo request";
    case 13:
      return "timestamp request";
    case 15:
      return "information request";
    case 17:
      return "address mask request";
    default:
      return fmt::format("type {}", type);
  }
}

namespace {

constexpr std::size_t previewed_bytes = 60;

/// "12 hosts", "about 5210 hosts", "at least 64 hosts".
std::string counted_distinct(const Distinct& count, std::string_view thing) {
  const std::string_view limit = count.how == Distinct::How::estimate   ? "about "
                                 : count.how == Distinct::How::at_least ? "at least "
                                                                        : "";
  return fmt::format("{}{}", limit, counted(count.number, thing));
}

std::string counts_text(const PacketCounts& packets) {
  std::string text = counted(packets.total(), "packet") + " (";
  const char* separator = "";
  for (const auto& [count, name] : {std::pair{packets.icmp, "icmp"}, std::pair{packets.tcp, "tcp"},
                                    std::pair{packets.udp, "udp"}}) {
    if (count == 0) continue;
    text += fmt::format("{}{} {}", separator, count, name);
    separator = ", ";
  }
  return text + ")";
}

std::string duration_text(Duration time) {
  const double total = std::max(0.0, in_seconds(time));
  if (total < 10) return fmt::format("{:.1f} s", total);
  if (total < 120) return fmt::format("{:.0f} s", total);
  const auto whole = static_cast<std::uint64_t>(total);
  if (whole < 7200) return fmt::format("{} min", whole / 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

std::string quoted_beginning(std::string_view bytes) {
  std::string text = "\"";
  append_escaped(text, bytes.substr(0, previewed_bytes));
  return text + (bytes.size() > previewed_bytes ? "\"..." : "\"");
}

/// Writes events as sentences.
class Teller {
 public:
  explicit Teller(std::string& text) : text_(text) {}

  void operator()(const events::Contact& r) {
    say_flow(r.flow);
    if (r.flow.protocol == IpProtocol::icmp)
      say(": {}", icmp_type_name(r.icmp_type));
    else
      say(": {}", to_string(r.type));
    if (!r.payload.empty() && r.flow.protocol != IpProtocol::icmp)
      say(", {}", quoted_beginning(r.payload));
    say_system(r.visitor_system);
  }
  void operator()(const events::ContactEnd& r) {
    say("{} > {}: quiet after {} in {}", to_string(r.source), to_string(r.host),
        counts_text(r.packets), duration_text(ended_ - r.began));
  }
  void operator()(const events::FlowStart& r) {
    say_flow(r.flow);
    say(": connected {} {}", is_outbound_ ? "by" : "to", r.template_name);
    say_system(r.visitor_system);
  }
  void operator()(const events::FlowEnd& r) {
    say_flow(r.flow);
    say(": {} after {}; {} received, {} sent", to_string(r.end), duration_text(ended_ - r.opened),
        counted(r.received_bytes, "byte"), counted(r.sent_bytes, "byte"));
  }
  void operator()(const events::Note& r) {
    say_service(r.flow, r.service);
    text_ += r.text;
  }
  void operator()(const events::Attempt& r) {
    say_service(r.flow, r.service);
    if (r.target)
      say("tried to reach {}: the sandbox has no network", to_string(*r.target));
    else if (r.kind == AttemptKind::fork)
      say("tried to start another process: it has all that it may have");
    else
      say("tried {}", r.call);
    if (!r.path.empty()) {
      text_ += " of ";
      append_escaped(text_, r.path);
    }
    if (!r.target && r.kind != AttemptKind::fork) text_ += ": refused";
  }
  void operator()(const events::File& r) {
    say("{} > {} \"{}\": left ", to_string(r.flow.remote), to_string(r.flow.local), r.service);
    append_escaped(text_, r.path);
    say(" of {}", counted(r.bytes, "byte"));
    if (r.hash) say(", SHA-256 {}", hexadecimal(*r.hash));
  }
  void operator()(const events::Credential& r) {
    say_flow(r.flow);
    text_ += ": tried user \"";
    append_escaped(text_, r.user);
    text_ += "\" with password \"";
    append_escaped(text_, r.password);
    text_ += '"';
  }
  void operator()(const events::Payload& r) {
    say_flow(r.flow);
    say(": {} {}, {}", r.from_visitor ? "received" : "sent", counted(r.bytes.size(), "byte"),
        quoted_beginning(r.bytes));
  }
  void operator()(const events::Scan& r) {
    say("{} {} {} from {} to {}", to_string(r.source), r.is_over ? "has scanned" : "is scanning",
        counted_distinct(r.hosts, "host"), to_string(r.lowest_host), to_string(r.highest_host));
    if (r.ports.number > 0) say(", {}", counted_distinct(r.ports, "port"));
    if (r.ports.number > 0 && r.ports.number <= 5) say(" ({})", fmt::join(r.first_ports, ", "));
    say(": {} in {}", counts_text(r.packets), duration_text(ended_ - r.began));
  }
  void operator()(const events::Icmp& r) {
    say_flow(r.flow);
    say(": {}", icmp_type_name(r.type));
  }
  void operator()(const events::AddressInUse& r) {
    say("{} belongs to the real machine {}: {}", to_string(r.address), to_string(r.owner),
        r.is_contested ? "answering for it anyway (--arp=force)" : "not answering for it");
  }
  void operator()(const events::Lease& r) {
    if (r.is_gained)
      say("{} leased by {} to {} ({})", to_string(r.address), to_string(r.server), r.template_name,
          to_string(r.mac));
    else
      say("{} no longer leased to {} ({}): {}", to_string(r.address), r.template_name,
          to_string(r.mac), r.why);
  }
  void operator()(const events::DaemonEvent& r) { append_escaped(text_, r.text); }
  void operator()(const events::Limit& r) {
    say("limit reached: {}, {} ({} in all)", r.description, counted(r.count, "time"), r.total);
  }
  void operator()(const events::EventsLost& r) {
    say("events lost by {}: ", r.sink);
    const char* separator = "";
    for (const auto& [kind, count] : r.counts) {
      say("{}{} {}", separator, count, to_string(kind));
      separator = ", ";
    }
  }
  void operator()(const events::Packet& r) {
    say_flow(r.flow);
    say(": {}, {}", to_string(r.type), counted(r.size_bytes, "byte"));
  }

  /// The event itself.
  void begin(const Event& event) { ended_ = event.at, is_outbound_ = event.is_outbound; }

 private:
  template <class... Values>
  void say(fmt::format_string<Values...> words, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), words, std::forward<Values>(values)...);
  }
  void say_system(std::string_view name) {
    if (!name.empty()) say(" [{}]", name);
  }
  /// "192.0.2.2:4000 > 10.1.0.2:80 tcp"; ICMP has no ports.
  /// A subsystem has no visitor, and a shared one no host.
  void say_service(const FlowKey& flow, std::string_view service) {
    if (flow == FlowKey{})
      say("{}: ", service);
    else if (flow.remote == Endpoint{})
      say("{} \"{}\": ", to_string(flow.local.address), service);
    else if (is_outbound_)
      say("{} > {} \"{}\": ", to_string(flow.local), to_string(flow.remote), service);
    else
      say("{} > {} \"{}\": ", to_string(flow.remote), to_string(flow.local), service);
  }
  void say_flow(const FlowKey& flow) {
    if (flow.protocol == IpProtocol::icmp)
      say("{} > {} icmp", to_string(flow.remote.address), to_string(flow.local.address));
    else if (is_outbound_)
      say("{} > {} {}", to_string(flow.local), to_string(flow.remote), name_of(flow.protocol));
    else
      say("{} > {} {}", to_string(flow.remote), to_string(flow.local), name_of(flow.protocol));
  }

  std::string& text_;
  Instant ended_{};
  bool is_outbound_ = false;
};

}  // namespace

void append_event_text(std::string& text, const Event& event) {
  Teller teller(text);
  teller.begin(event);
  std::visit(teller, event.body);
}

std::string event_text(const Event& event) {
  std::string text;
  append_event_text(text, event);
  return text;
}

}  // namespace apiary
