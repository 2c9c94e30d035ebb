#include "personality/testing/nmap_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/random.h"
#include "personality/payload_text.h"
#include "personality/testing/repeated_reply.h"
#include "wire/checksum.h"
#include "wire/quoted_header.h"
#include "wire/udp.h"

namespace apiary::nmap_model {
namespace {

constexpr std::uint32_t probe_acknowledgment = 0x2a1b3c4d;
constexpr std::uint8_t probe_ttl = 57;

struct Probe {
  std::string_view options;
  std::uint16_t window;
  std::uint8_t flags;
  bool closed = false;
};
constexpr std::uint8_t syn = tcp_flag::syn, ack = tcp_flag::ack, fin = tcp_flag::fin,
                       psh = tcp_flag::psh, urg = tcp_flag::urg, ece = tcp_flag::ece,
                       cwr = tcp_flag::cwr;
constexpr std::array<Probe, 6> sequence_probes = {{
    {"WANM5B4T10S", 1, syn},
    {"M578W0ST10L", 63, syn},
    {"T10NNW5NM280", 4, syn},
    {"ST10WAL", 4, syn},
    {"M218ST10WAL", 16, syn},
    {"M109ST10", 512, syn},
}};
constexpr Probe ecn_probe = {"WANM5B4SNN", 3, syn | ece | cwr};
constexpr std::array<Probe, 6> stray_probes = {{
    {"WANM109T10S", 128, 0},
    {"WANM109T10S", 256, syn | fin | urg | psh},
    {"WANM109T10S", 1024, ack},
    {"WANM109T10S", 31337, syn, true},
    {"WANM109T10S", 32768, ack, true},
    {"WFNM109T10S", 65535, fin | psh | urg, true},
}};

std::string flag_letters(std::uint8_t flags) {
  std::string result;
  for (const auto& [flag, letter] : {std::pair{ece, 'E'},
                                     {urg, 'U'},
                                     {ack, 'A'},
                                     {psh, 'P'},
                                     {tcp_flag::rst, 'R'},
                                     {syn, 'S'},
                                     {fin, 'F'}})
    if ((flags & flag) != 0) result += letter;
  return result;
}

std::string ttl_guess(unsigned ttl) {
  return ttl <= 32 ? "20" : ttl <= 64 ? "40" : ttl <= 128 ? "80" : "FF";
}

/// Distributes the attributes of one scan.
class Scan {
 public:
  Scan(const Personality& personality, std::uint64_t host_hash, Instant start)
      : personality_(personality),
        stack_(personality, host_hash, start),
        now_(start),
        random_(host_hash ^ 0x5eed) {}

  Observation run() {
    for (std::size_t i = 0; i < sequence_probes.size(); ++i) {
      send_sequence_probe(i);
      wait(0.1);
    }
    send_echoes();
    send_udp();
    send_ecn();
    for (std::size_t i = 0; i < stray_probes.size(); ++i) send_stray(i);
    summarize();
    return std::move(seen_);
  }

 private:
  /// Nmap keeps its intervals within some tenths of a millisecond.
  void wait(double interval) { now_ += from_seconds(interval + random_.fraction() * 0.0004); }

  TcpSegment segment(const Probe& probe) {
    options_ = options_from(probe.options);
    return {.source_port = {40000},
            .destination_port = {static_cast<std::uint16_t>(probe.closed ? 81 : 80)},
            .sequence = {0x11223344},
            .acknowledgment = {probe_acknowledgment},
            .flags = probe.flags,
            .reserved = 0,
            .window = probe.window,
            .urgent_pointer = 0,
            .options = options_.bytes(),
            .payload = {}};
  }

  void send_sequence_probe(std::size_t index) {
    const TcpSegment probe = segment(sequence_probes[index]);
    const auto port = static_cast<std::uint32_t>(index + 1);  // each probe has another
    const auto answer =
        answer_syn(personality_, stack_, probe, now_, Endpoints{1, port << 16 | 80});
    if (!answer) return;
    expect_repeatable(personality_, stack_, *answer, probe, now_);
    const TcpReply& reply = answer->reply;
    ++answered_syns_;
    seen_[NmapTest::ops][fmt::format("O{}", index + 1)] = option_string(reply.options.bytes());
    seen_[NmapTest::win][fmt::format("W{}", index + 1)] = hexadecimal(reply.window);
    if (index == 0) record_segment(NmapTest::t1, probe, reply);
    if ((reply.flags & tcp_flag::rst) != 0) return;
    isns_.push_back({reply.sequence.value, in_seconds(now_.time_since_epoch())});
    tcp_ids_.push_back(reply.ip.identification);
    last_stamp_ = parse_tcp_options(reply.options.bytes()).timestamps;
    if (last_stamp_) stamps_.push_back({last_stamp_->value, in_seconds(now_.time_since_epoch())});
  }

  void send_ecn() {
    wait(0.025);
    TcpSegment probe = segment(ecn_probe);
    probe.acknowledgment = {0};
    probe.reserved = 8;
    probe.urgent_pointer = 0xf7f5;
    const auto answer = answer_syn(personality_, stack_, probe, now_);
    Attributes& test = seen_[NmapTest::ecn];
    if (!answer) {
      test["R"] = "N";
      return;
    }
    expect_repeatable(personality_, stack_, *answer, probe, now_);
    record_segment(NmapTest::ecn, probe, answer->reply);
    for (const char* other_test : {"S", "A", "F", "RD"}) test.erase(other_test);
    test["W"] = hexadecimal(answer->reply.window);
    test["O"] = option_string(answer->reply.options.bytes());
    const bool echo = (answer->reply.flags & ece) != 0, reduced = (answer->reply.flags & cwr) != 0;
    test["CC"] = echo ? (reduced ? "S" : "Y") : (reduced ? "O" : "N");
  }

  void send_stray(std::size_t index) {
    wait(0.025);
    const auto test = static_cast<NmapTest>(static_cast<std::size_t>(NmapTest::t2) + index);
    const TcpSegment probe = segment(stray_probes[index]);
    const auto port = stray_probes[index].closed ? PortState::closed : PortState::open;
    const auto reply = answer_stray(personality_, stack_, probe, port, now_);
    if (!reply) {
      seen_[test]["R"] = "N";
      return;
    }
    record_segment(test, probe, *reply);
    seen_[test]["W"] = hexadecimal(reply->window);
    seen_[test]["O"] = option_string(reply->options.bytes());
    if (port == PortState::closed) closed_ids_.push_back(reply->ip.identification);
  }

  void record_ip(NmapTest test, const IpHeaderTraits& ip) {
    seen_[test]["R"] = "Y";
    ttls_.push_back({test, ip.ttl});
  }

  void record_segment(NmapTest test, const TcpSegment& probe, const TcpReply& reply) {
    record_ip(test, reply.ip);
    Attributes& attributes = seen_[test];
    attributes["DF"] = reply.ip.dont_fragment ? "Y" : "N";
    const SeqNumber seq = reply.sequence, acknowledged = reply.acknowledgment;
    attributes["S"] = seq.value == 0                    ? "Z"
                      : seq == probe.acknowledgment     ? "A"
                      : seq == probe.acknowledgment + 1 ? "A+"
                                                        : "O";
    attributes["A"] = acknowledged.value == 0              ? "Z"
                      : acknowledged == probe.sequence     ? "S"
                      : acknowledged == probe.sequence + 1 ? "S+"
                                                           : "O";
    attributes["F"] = flag_letters(reply.flags);
    attributes["RD"] = reply.payload.empty() ? "0" : hexadecimal(crc32(reply.payload));
    const bool urgent = reply.urgent_pointer != 0 && (reply.flags & urg) == 0;
    attributes["Q"] = std::string(reply.reserved != 0 ? "R" : "") + (urgent ? "U" : "");
  }

  void send_echoes() {
    std::array<std::optional<IcmpShape>, 2> replies;
    for (std::size_t i = 0; i < 2; ++i) {
      IpDatagram request{.protocol = 1, .hop_limit = probe_ttl, .dont_fragment = i == 0};
      request.traffic_class = i == 0 ? 0 : 4;
      const IcmpMessage echo{.type = 8, .code = static_cast<std::uint8_t>(i == 0 ? 9 : 0)};
      replies[i] = answer_echo(personality_, stack_, request, echo, now_);
      if (replies[i]) icmp_ids_.push_back(replies[i]->ip.identification);
      wait(0.025);
    }
    Attributes& test = seen_[NmapTest::ie];
    if (!replies[0] || !replies[1]) {
      test["R"] = "N";
      return;
    }
    record_ip(NmapTest::ie, replies[0]->ip);
    const bool first = replies[0]->ip.dont_fragment, second = replies[1]->ip.dont_fragment;
    test["DFI"] = first ? (second ? "Y" : "S") : (second ? "O" : "N");
    const std::uint8_t a = replies[0]->code, b = replies[1]->code;
    test["CD"] = a == 0 && b == 0 ? "Z" : a == 9 && b == 0 ? "S" : a == b ? hexadecimal(a) : "O";
  }

  void send_udp() {
    const std::vector<std::uint8_t> data(300, 'C');
    std::vector<std::uint8_t> udp(308), whole(328);
    const IpAddress source = IpAddress::v4(192, 0, 2, 1), host = IpAddress::v4(10, 0, 0, 1);
    emit_udp({.source_port = {40001}, .destination_port = {33000}, .payload = data}, source, host,
             udp);
    IpDatagram probe{.source = source,
                     .destination = host,
                     .protocol = 17,
                     .hop_limit = probe_ttl,
                     .identification = 0x1042,
                     .payload = udp};
    emit_ip_header(probe, udp.size(), whole);
    std::ranges::copy(udp, whole.begin() + 20);
    probe.whole = whole;

    Attributes& test = seen_[NmapTest::u1];
    const auto answer = answer_closed_udp(personality_, stack_, probe, now_);
    if (!answer) {
      test["R"] = "N";
      return;
    }
    record_ip(NmapTest::u1, answer->icmp.ip);
    test["DF"] = answer->icmp.ip.dont_fragment ? "Y" : "N";
    test["IPL"] = hexadecimal(28 + answer->quoted_bytes);
    test["UN"] = hexadecimal(answer->unused);
    std::vector<std::uint8_t> quoted(answer->quoted_bytes);
    quote_datagram(personality_, probe, quoted);
    record_quotation(test, quoted, whole);
  }

  void record_quotation(Attributes& test, Bytes quoted, Bytes sent) {
    const QuotedHeader header = read_quoted_header(quoted).value();
    distance_ = probe_ttl - header.ttl;
    test["RIPL"] = header.total_length_bytes == 328 ? "G" : hexadecimal(header.total_length_bytes);
    test["RID"] = header.identification == 0x1042 ? "G" : hexadecimal(header.identification);
    test["RIPCK"] = header.checksum == 0                       ? "Z"
                    : internet_checksum(quoted.first(20)) == 0 ? "G"
                                                               : "I";
    const auto udp = wire::read<wire::UdpHeader>(quoted.subspan(20));
    const auto original = wire::read<wire::UdpHeader>(sent.subspan(20));
    test["RUCK"] = udp.checksum == original.checksum ? "G" : hexadecimal(udp.checksum);
    const Bytes data = quoted.subspan(28);
    test["RUD"] =
        std::ranges::all_of(data, [](std::uint8_t byte) { return byte == 'C'; }) ? "G" : "I";
  }

  void summarize() {
    // For SEQ, OPS and WIN, Nmap records values but never silence.
    for (const NmapTest test : {NmapTest::ops, NmapTest::win})
      if (answered_syns_ < sequence_probes.size()) seen_[test].clear();
    if (seen_[NmapTest::t1].empty()) seen_[NmapTest::t1]["R"] = "N";
    for (const auto& [test, ttl] : ttls_) {
      if (distance_)
        seen_[test]["T"] = hexadecimal(static_cast<std::uint16_t>(ttl + *distance_));
      else
        seen_[test]["TG"] = ttl_guess(ttl);
    }
    Attributes& seq = seen_[NmapTest::seq];
    if (isns_.size() >= 4) seq = measure_isns(isns_);
    if (tcp_ids_.size() >= 3) seq["TI"] = ip_id_class(tcp_ids_);
    if (closed_ids_.size() >= 2) seq["CI"] = ip_id_class(closed_ids_);
    if (icmp_ids_.size() == 2) seq["II"] = ip_id_class(icmp_ids_);
    if (shares_counter()) seq["SS"] = *shares_counter() ? "S" : "O";
    if (tcp_ids_.size() >= 3) seq["TS"] = clock_class();
    std::erase_if(seq, [](const auto& item) { return item.second.empty(); });
  }

  std::optional<bool> shares_counter() {
    const auto counts = [this](const char* attribute) {
      const std::string& value = seen_[NmapTest::seq][attribute];
      return value == "I" || value == "BI" || value == "RI";
    };
    if (!counts("TI") || !counts("II")) return std::nullopt;
    const int steps = static_cast<int>(tcp_ids_.size()) - 1;
    const int average = (int{tcp_ids_.back()} - int{tcp_ids_.front()}) / steps;
    return icmp_ids_.front() < tcp_ids_.back() + 3 * average;
  }

  std::string clock_class() {
    if (!last_stamp_) return "U";
    if (last_stamp_->value == 0) return "0";
    double rate = 0;
    for (std::size_t i = 1; i < stamps_.size(); ++i) {
      const std::uint32_t step = stamps_[i].isn - stamps_[i - 1].isn;
      rate += std::min(step, 0U - step) / (stamps_[i].sent_seconds - stamps_[i - 1].sent_seconds) /
              static_cast<double>(stamps_.size() - 1);
    }
    if (rate <= 0) return "";
    if (rate <= 5.66) return "1";
    if (rate > 70 && rate <= 150) return "7";
    if (rate > 150 && rate <= 350) return "8";
    return hexadecimal(static_cast<std::uint64_t>(std::log2(rate) + 0.5));
  }

  const Personality& personality_;
  StackState stack_;
  Instant now_;
  Random random_;
  TcpOptionBytes options_;
  Observation seen_;
  std::size_t answered_syns_ = 0;
  std::vector<IsnSample> isns_, stamps_;
  std::vector<std::uint16_t> tcp_ids_, closed_ids_, icmp_ids_;
  std::optional<TcpTimestamps> last_stamp_;
  std::vector<std::pair<NmapTest, int>> ttls_;
  std::optional<int> distance_;
};

}  // namespace

Observation observe(const Personality& personality, std::uint64_t host_hash, Instant start) {
  return Scan(personality, host_hash, start).run();
}

std::vector<std::string> disagreements(const Fingerprint& fingerprint,
                                       const Observation& observation) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < nmap_test_count; ++i) {
    const auto test = static_cast<NmapTest>(i);
    if (!fingerprint.has(test)) continue;
    for (const auto& [attribute, value] : observation[test]) {
      const auto wanted = fingerprint.find(test, attribute);
      if (!wanted || wanted->accepts(value)) continue;
      result.push_back(
          fmt::format("{}.{}: {} is not {}", name_of(test), attribute, value, wanted->text()));
    }
  }
  return result;
}

}  // namespace apiary::nmap_model
