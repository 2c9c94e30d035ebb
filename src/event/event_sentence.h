#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "event/event.h"

namespace apiary {

/// Appends an event as one sentence. The functions write_text() of the kinds say what it consists
/// of.
class EventSentence {
 public:
  EventSentence(std::string& text, const Event& event)
      : text_(text), at_(event.at), is_outbound_(event.is_outbound) {}

  bool is_outbound() const { return is_outbound_; }

  template <class... Values>
  void add(fmt::format_string<Values...> words, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), words, std::forward<Values>(values)...);
  }
  /// Text that is printable ASCII already.
  void add_plain(std::string_view text) { text_ += text; }
  /// Any bytes.
  void add_escaped(std::string_view bytes);
  /// The first bytes of a payload, in quotation marks.
  void add_beginning(std::string_view bytes);
  /// "192.0.2.2:4000 > 10.1.0.2:80 tcp"; ICMP has no ports.
  void add_flow(const FlowKey& flow);
  /// The flow and the service of a note: `192.0.2.2:4000 > 10.1.0.2:80 "sh web.sh": `.
  /// A subsystem has no visitor, and a shared one no host.
  void add_service(const FlowKey& flow, std::string_view service);
  /// " [Linux 3.11 and newer]"; empty: nothing.
  void add_system(std::string_view name);
  /// "12 packets (icmp 5, tcp 7)".
  void add_counts(const PacketCounts& packets);
  /// "12 hosts", "about 5210 hosts", "at least 64 hosts".
  void add_distinct(const Distinct& count, std::string_view thing);
  /// The time from `began` to the event: "0.1 s", "3 min".
  void add_duration(Instant began);

 private:
  std::string& text_;
  const Instant at_;
  const bool is_outbound_;
};

}  // namespace apiary
