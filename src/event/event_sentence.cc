#include "event/event_sentence.h"

#include <algorithm>

#include "base/counted.h"
#include "base/printable.h"

namespace apiary {
namespace {

constexpr std::size_t previewed_bytes = 60;

}  // namespace

void EventSentence::add_escaped(std::string_view bytes) { append_escaped(text_, bytes); }

void EventSentence::add_beginning(std::string_view bytes) {
  text_ += '"';
  append_escaped(text_, bytes.substr(0, previewed_bytes));
  text_ += bytes.size() > previewed_bytes ? "\"..." : "\"";
}

void EventSentence::add_flow(const FlowKey& flow) {
  if (flow.protocol == IpProtocol::icmp)
    add("{} > {} icmp", to_string(flow.remote.address), to_string(flow.local.address));
  else if (is_outbound_)
    add("{} > {} {}", to_string(flow.local), to_string(flow.remote), name_of(flow.protocol));
  else
    add("{} > {} {}", to_string(flow.remote), to_string(flow.local), name_of(flow.protocol));
}

void EventSentence::add_service(const FlowKey& flow, std::string_view service) {
  if (flow == FlowKey{})
    add("{}: ", service);
  else if (flow.remote == Endpoint{})
    add("{} \"{}\": ", to_string(flow.local.address), service);
  else if (is_outbound_)
    add("{} > {} \"{}\": ", to_string(flow.local), to_string(flow.remote), service);
  else
    add("{} > {} \"{}\": ", to_string(flow.remote), to_string(flow.local), service);
}

void EventSentence::add_system(std::string_view name) {
  if (!name.empty()) add(" [{}]", name);
}

void EventSentence::add_counts(const PacketCounts& packets) {
  add("{} (", counted(packets.total(), "packet"));
  const char* separator = "";
  for (const auto& [count, name] : {std::pair{packets.icmp, "icmp"}, std::pair{packets.tcp, "tcp"},
                                    std::pair{packets.udp, "udp"}}) {
    if (count == 0) continue;
    add("{}{} {}", separator, count, name);
    separator = ", ";
  }
  text_ += ')';
}

void EventSentence::add_distinct(const Distinct& count, std::string_view thing) {
  const std::string_view limit = count.how == Distinct::How::estimate   ? "about "
                                 : count.how == Distinct::How::at_least ? "at least "
                                                                        : "";
  add("{}{}", limit, counted(count.number, thing));
}

void EventSentence::add_duration(Instant began) {
  const double total = std::max(0.0, in_seconds(at_ - began));
  const auto whole = static_cast<std::uint64_t>(total);
  if (total < 10)
    add("{:.1f} s", total);
  else if (total < 120)
    add("{:.0f} s", total);
  else if (whole < 7200)
    add("{} min", whole / 60);
  else
    add("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

}  // namespace apiary
