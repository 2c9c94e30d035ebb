#include "audit/talk.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace apiary {
namespace {

constexpr Duration step = milliseconds{20};
// A service that has said nothing more for this time has finished.
constexpr Duration quiet_time = milliseconds{400};
constexpr std::size_t longest_answer_bytes = 65'536;

/// The attacker's end of a connection: acknowledges data in order, and repeats nothing.
class TalkEnd {
 public:
  TalkEnd(ProbeRound& round, const Talk& talk)
      : round_(round), talk_(talk), tag_(round.next_tag(host())) {
    conversation_.topic = talk.topic;
    conversation_.port = talk.port;
    if (!talk.messages.empty()) conversation_.asked = talk.messages.front();
    send(tcp_flag::syn);
    deadline_ = now() + round.pace().answer_wait;
  }

  bool is_over() const { return is_over_; }
  std::uint16_t tag() const { return tag_; }
  const IpAddress& address() const { return host().address; }
  HeardConversation take() { return std::move(conversation_); }

  void on_segment(Heard&& heard) {
    if (is_over_) return;
    const HeardTcp segment = *heard.tcp();
    conversation_.segments.push_back(std::move(heard));
    if (segment.refuses()) {
      conversation_.was_reset = true;
      is_over_ = true;
      return;
    }
    if (segment.accepts()) return on_accepted(segment);
    if (!conversation_.opened || segment.sequence != expected_) return;
    if (!segment.payload.empty()) on_data(segment.payload);
    expected_ = expected_ + segment.length();
    if (segment.length() > 0) send(tcp_flag::ack);
    if (segment.has(tcp_flag::fin)) {
      conversation_.closed = true;
      finish();
    }
  }

  /// Acts if it is time.
  void on_time() {
    if (is_over_ || now() < deadline_) return;
    if (!conversation_.opened || next_message_ == talk_.messages.size() ||
        conversation_.said.size() > longest_answer_bytes)
      return finish();
    const std::string& message = talk_.messages[next_message_++];
    send(tcp_flag::psh | tcp_flag::ack, message);
    asked_ = now();
    awaits_answer_ = true;
    deadline_ = now() + round_.pace().answer_wait;
  }

 private:
  HostObservation& host() const { return round_.observations().hosts[talk_.host]; }
  Instant now() const { return round_.prober().now(); }

  void on_accepted(const HeardTcp& segment) {
    if (conversation_.opened) return send(tcp_flag::ack);
    conversation_.opened = true;
    expected_ = segment.sequence + 1;
    send(tcp_flag::ack);
    asked_ = now();
    deadline_ = now() + (talk_.has_banner ? round_.pace().banner_wait : Duration{});
  }

  void on_data(const std::string& data) {
    conversation_.said += data;
    if (std::exchange(awaits_answer_, false))
      conversation_.delays.push_back(conversation_.segments.back().at - asked_);
    deadline_ = now() + quiet_time;
  }

  void finish() {
    send(tcp_flag::rst);
    is_over_ = true;
  }

  void send(std::uint8_t flags, std::string_view payload = {}) {
    const ProbeBytes options =
        (flags & tcp_flag::syn) != 0 ? options_of(SynOffer::mss, 0) : ProbeBytes{};
    const TcpSegment segment{.source_port = {tag_},
                             .destination_port = talk_.port,
                             .sequence = next_,
                             .acknowledgment = expected_,
                             .flags = flags,
                             .window = 64'240,
                             .options = options,
                             .payload = as_bytes(payload)};
    next_ = next_ + segment.length();
    round_.send_segment(host(), segment);
  }

  ProbeRound& round_;
  const Talk& talk_;
  std::uint16_t tag_;
  HeardConversation conversation_;
  SeqNumber next_ = ProbeRound::first_sequence, expected_{};
  std::size_t next_message_ = 0;
  Instant deadline_, asked_;
  bool awaits_answer_ = false, is_over_ = false;
};

void hold_some(ProbeRound& round, std::span<const Talk> talks) {
  std::vector<TalkEnd> ends;
  ends.reserve(talks.size());
  std::map<std::pair<IpAddress, std::uint16_t>, TalkEnd*> by_tag;
  for (const Talk& talk : talks) {
    TalkEnd& end = ends.emplace_back(round, talk);
    by_tag.emplace(std::pair{end.address(), end.tag()}, &end);
  }
  while (!std::ranges::all_of(ends, &TalkEnd::is_over)) {
    round.settle(step);
    for (Heard& heard : round.take_strays()) {
      if (heard.tcp() == nullptr) continue;
      const auto found = by_tag.find({heard.source, heard.tcp()->destination.number});
      if (found != by_tag.end()) found->second->on_segment(std::move(heard));
    }
    for (TalkEnd& end : ends) end.on_time();
  }
  for (std::size_t i = 0; i < talks.size(); ++i)
    round.observations().hosts[talks[i].host].conversations.push_back(ends[i].take());
}

}  // namespace

void hold_talks(ProbeRound& round, const std::vector<Talk>& talks) {
  const std::size_t most = round.pace().max_talks;
  for (std::size_t begin = 0; begin < talks.size(); begin += most)
    hold_some(round, std::span(talks).subspan(begin, std::min(most, talks.size() - begin)));
}

}  // namespace apiary
