// Nmap's first generation of system detection: the paper's example, and a whole file if the
// environment names one (APIARY_FIRST_GENERATION). Tests only read that file.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <numeric>
#include <sstream>

#include "base/random.h"
#include "personality/fingerprint_database.h"
#include "personality/testing/nmap_model.h"
#include "wire/checksum.h"
#include "wire/quoted_header.h"
#include "wire/udp.h"

namespace apiary {
namespace {

constexpr Instant start{seconds{1'790'000'000}};

using Attributes = std::map<std::string, std::string, std::less<>>;
using Entry = std::map<std::string, Attributes, std::less<>>;  // by test

Attributes attributes_of(std::string_view text) {
  Attributes result;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find('%'));
    const std::size_t equals = std::min(item.find('='), item.size());
    result[std::string(item.substr(0, equals))] = item.substr(std::min(equals + 1, item.size()));
    text.remove_prefix(std::min(item.size() + 1, text.size()));
  }
  return result;
}

/// The entries of a file as written, in order.
std::vector<Entry> entries_of(const std::string& text) {
  std::vector<Entry> entries;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("Fingerprint ")) entries.emplace_back();
    const std::size_t open = line.find('('), close = line.rfind(')');
    if (line.starts_with('#') || entries.empty() || open == std::string::npos) continue;
    const std::string test = line.substr(0, open);
    if (test == "TSeq" || test == "PU" || (test.size() == 2 && test[0] == 'T'))
      entries.back()[test] =
          attributes_of(std::string_view(line).substr(open + 1, close - open - 1));
  }
  return entries;
}

/// The first generation's comparison: alternatives by `|`, and numbers with all of `<`, `>`, `&`.
bool accepts(std::string_view expression, const std::string& value) {
  return std::ranges::any_of(MatchExpression(expression).alternatives(), [&](std::string_view all) {
    if (all == value) return true;
    const auto number = parse_number_range(value);
    bool every = number.has_value() && !all.empty();
    while (every && !all.empty()) {
      const std::string_view part = all.substr(0, all.find('&'));
      const auto range = parse_number_range(part);
      every = range && range->contains(number->low);
      all.remove_prefix(std::min(part.size() + 1, all.size()));
    }
    return every;
  });
}

/// The first generation's measurements of a personality: seven segments, a datagram, six SYNs.
class OldScan {
 public:
  OldScan(const Personality& personality, std::uint64_t host_hash)
      : personality_(personality), stack_(personality, host_hash, start) {}

  Entry run() {
    for (int i = 0; i < 6; ++i) sample_sequence();
    using namespace tcp_flag;
    send("T1", syn | ece, PortState::open);
    send("T2", 0, PortState::open);
    send("T3", syn | fin | urg | psh, PortState::open);
    send("T4", ack, PortState::open);
    send("T5", syn, PortState::closed);
    send("T6", ack, PortState::closed);
    send("T7", fin | psh | urg, PortState::closed);
    send_datagram();
    measure_sequence();
    return seen_;
  }

 private:
  TcpSegment segment(std::uint8_t flags, std::string_view options) {
    options_ = nmap_model::options_from(options);
    return {.source_port = {40000},
            .destination_port = {80},
            .sequence = {0x11223344},
            .acknowledgment = {0x55667788},
            .flags = flags,
            .reserved = 0,
            .window = 1024,
            .urgent_pointer = 0,
            .options = options_.bytes(),
            .payload = {}};
  }

  void sample_sequence() {
    now_ += milliseconds{100};
    const auto answer =
        answer_syn(personality_, stack_, segment(tcp_flag::syn, "WANM109T10L"), now_);
    if (!answer || (answer->reply.flags & tcp_flag::syn) == 0) return;
    isns_.push_back(answer->reply.sequence.value);
    ids_.push_back(answer->reply.ip.identification);
    stamps_.push_back(parse_tcp_options(answer->reply.options.bytes()).timestamps);
  }

  void send(const std::string& test, std::uint8_t flags, PortState port) {
    now_ += milliseconds{20};
    const TcpSegment probe = segment(flags, "WANM109T10L");
    std::optional<TcpReply> reply;
    if (test == "T1") {
      if (const auto answer = answer_syn(personality_, stack_, probe, now_)) reply = answer->reply;
    } else {
      reply = answer_stray(personality_, stack_, probe, port, now_);
    }
    Attributes& seen = seen_[test];
    seen["Resp"] = reply ? "Y" : "N";
    if (!reply) return;
    seen["DF"] = reply->ip.dont_fragment ? "Y" : "N";
    seen["W"] = nmap_model::hexadecimal(reply->window);
    seen["ACK"] = reply->acknowledgment == probe.sequence       ? "S"
                  : reply->acknowledgment == probe.sequence + 1 ? "S++"
                                                                : "O";
    for (const auto& [flag, letter] : {std::pair{tcp_flag::ece, 'B'},
                                       {tcp_flag::urg, 'U'},
                                       {tcp_flag::ack, 'A'},
                                       {tcp_flag::psh, 'P'},
                                       {tcp_flag::rst, 'R'},
                                       {tcp_flag::syn, 'S'},
                                       {tcp_flag::fin, 'F'}})
      if ((reply->flags & flag) != 0) seen["Flags"] += letter;
    seen["Ops"] = letters_of(reply->options.bytes());
  }

  /// An echoed MSS has an E after it. Parsing stops at the end-of-list option.
  static std::string letters_of(Bytes options) {
    std::string letters;
    for (std::size_t i = 0; i < options.size();) {
      const std::uint8_t kind = options[i];
      if (kind == tcp_option::end) return letters + 'L';
      const std::size_t size = kind == tcp_option::nop ? 1 : options[i + 1];
      if (kind == tcp_option::nop) letters += 'N';
      if (kind == tcp_option::mss)
        letters += options[i + 2] * 256 + options[i + 3] == 0x109 ? "ME" : "M";
      if (kind == tcp_option::sack_permitted) letters += 'M';  // it had no letter for that
      if (kind == tcp_option::window_scale) letters += 'W';
      if (kind == tcp_option::timestamps) letters += 'T';
      i += size;
    }
    return letters;
  }

  void send_datagram() {
    const std::vector<std::uint8_t> data(300, 'X');
    std::vector<std::uint8_t> udp(308), whole(328);
    const IpAddress source = IpAddress::v4(192, 0, 2, 1), host = IpAddress::v4(10, 0, 0, 1);
    emit_udp({.source_port = {40001}, .destination_port = {1}, .payload = data}, source, host, udp);
    IpDatagram probe{.source = source,
                     .destination = host,
                     .protocol = 17,
                     .hop_limit = 60,
                     .identification = 0x2b51,
                     .payload = udp};
    emit_ip_header(probe, udp.size(), whole);
    std::ranges::copy(udp, whole.begin() + 20);
    probe.whole = whole;
    const auto answer = answer_closed_udp(personality_, stack_, probe, now_);
    Attributes& seen = seen_["PU"];
    seen["Resp"] = answer ? "Y" : "N";
    if (!answer) return;
    seen["DF"] = answer->icmp.ip.dont_fragment ? "Y" : "N";
    seen["TOS"] = nmap_model::hexadecimal(answer->icmp.type_of_service);
    seen["IPLEN"] = nmap_model::hexadecimal(28 + answer->quoted_bytes);
    std::vector<std::uint8_t> quoted(answer->quoted_bytes);
    quote_datagram(personality_, probe, quoted);
    const QuotedHeader header = read_quoted_header(quoted).value();
    const auto same = [](bool is_same, unsigned value) {
      return is_same ? "E" : value == 0 ? "0" : "F";
    };
    seen["RIPTL"] = nmap_model::hexadecimal(header.total_length_bytes);
    seen["RID"] = same(header.identification == 0x2b51, header.identification);
    seen["RIPCK"] = same(internet_checksum(Bytes(quoted).first(20)) == 0, header.checksum);
    const auto returned = wire::read<wire::UdpHeader>(Bytes(quoted).subspan(20));
    const auto sent = wire::read<wire::UdpHeader>(udp);
    seen["UCK"] = same(returned.checksum == sent.checksum, returned.checksum);
    seen["ULEN"] = nmap_model::hexadecimal(returned.length);
    const bool is_intact = std::ranges::all_of(Bytes(quoted).subspan(28),
                                               [](std::uint8_t byte) { return byte == 'X'; });
    seen["DAT"] = is_intact ? "E" : "F";
  }

  /// Class: C if all are the same; 64K and i800 if all steps are (nearly) multiples; TD if they
  /// scatter by less than 75 around their mean, in units of the divisor; TR if they jump by more
  /// than fifty million, else RI.
  void measure_sequence() {
    if (isns_.size() < 4) return;
    Attributes& seen = seen_["TSeq"];
    std::uint32_t divisor = 0;
    std::vector<double> steps;
    bool jumps = false;
    const auto all_near = [&steps](int unit) {
      return std::ranges::all_of(
          steps, [unit](double step) { return std::abs(std::remainder(step, unit)) < 8; });
    };
    for (std::size_t i = 1; i < isns_.size(); ++i) {
      const std::uint32_t step = isns_[i] - isns_[i - 1], least = std::min(step, 0U - step);
      jumps |= least > 50'000'000;
      divisor = std::gcd(divisor, least);
      steps.push_back(least);
    }
    const std::string id = nmap_model::ip_id_class(ids_);
    seen["IPID"] = id == "RI" ? "RPI" : parse_number_range(id) && id != "Z" ? "C" : id;
    seen["TS"] = clock();
    if (divisor == 0) {
      seen["Class"] = "C";
      return;
    }
    const double count = static_cast<double>(steps.size());
    const double mean = std::accumulate(steps.begin(), steps.end(), 0.0) / count;
    double squares = 0;
    for (const double step : steps) squares += std::pow((step - mean) / divisor, 2);
    const double scatter = std::floor(std::sqrt(squares / count) + 0.5);
    seen["gcd"] = nmap_model::hexadecimal(divisor);
    seen["SI"] = nmap_model::hexadecimal(static_cast<std::uint64_t>(scatter));
    seen["Class"] = all_near(64000) ? "64K"
                    : all_near(800) ? "i800"
                    : jumps         ? "TR"
                    : scatter < 75  ? "TD"
                                    : "RI";
    if (jumps) seen.erase("SI");  // it has no value for unpredictable numbers
  }

  std::string clock() {
    if (!stamps_.back()) return "U";
    if (stamps_.back()->value == 0) return "0";
    const double rate = (stamps_.back()->value - stamps_.front()->value) / 0.5;
    if (rate == 0) return "U";
    return rate < 20 ? "2HZ" : rate < 350 ? "100HZ" : "1000HZ";
  }

  const Personality& personality_;
  StackState stack_;
  Instant now_ = start;
  TcpOptionBytes options_;
  std::vector<std::uint32_t> isns_;
  std::vector<std::uint16_t> ids_;
  std::vector<std::optional<TcpTimestamps>> stamps_;
  Entry seen_;
};

std::vector<std::string> disagreements(const Entry& wanted, const Entry& seen) {
  std::vector<std::string> wrong;
  for (const auto& [test, attributes] : wanted) {
    const auto observed = seen.find(test);
    if (observed == seen.end()) continue;
    for (const auto& [attribute, expression] : attributes) {
      const auto value = observed->second.find(attribute);
      if (value != observed->second.end() && !accepts(expression, value->second))
        wrong.push_back(
            fmt::format("{}.{}: {} is not {}", test, attribute, value->second, expression));
    }
  }
  return wrong;
}

TEST(FirstGenerationTest, ThePapersIrixMatchesItsEntry) {
  const std::string text =
      "Fingerprint IRIX 6.5.15m on SGI 02\n"
      "TSeq(Class=TD%gcd=<104%SI=<1AE%IPID=I%TS=2HZ)\n"
      "T1(DF=N%W=EF2A%ACK=S++%Flags=AS%Ops=MNWNNTNNM)\n"
      "T2(Resp=Y%DF=N%W=0%ACK=S%Flags=AR%Ops=)\n"
      "T3(Resp=Y%DF=N%W=EF2A%ACK=O%Flags=A%Ops=NNT)\n"
      "T4(DF=N%W=0%ACK=O%Flags=R%Ops=)\n"
      "T5(DF=N%W=0%ACK=S++%Flags=AR%Ops=)\n"
      "T6(DF=N%W=0%ACK=O%Flags=R%Ops=)\n"
      "T7(DF=N%W=0%ACK=S%Flags=AR%Ops=)\n"
      "PU(Resp=N)\n";
  const auto database = parse_fingerprints(text);
  ASSERT_EQ(database.errors().lines, 0U);
  const auto found = database.find("IRIX 6.5.15m on SGI 02");
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->by_alias) << "an exact name precedes an alias";
  const Personality irix = compile_personality(*found->fingerprint);
  Entry seen = OldScan(irix, 7).run();
  EXPECT_EQ(disagreements(entries_of(text).front(), seen), std::vector<std::string>{});
  EXPECT_EQ(seen["T1"]["Ops"], "MNWNNTNNM");
  EXPECT_EQ(seen["T1"]["W"], "EF2A");
  EXPECT_EQ(seen["T3"]["Flags"], "A");
  EXPECT_EQ(seen["PU"]["Resp"], "N");
  EXPECT_EQ(seen["TSeq"]["Class"], "TD");
  EXPECT_EQ(seen["TSeq"]["TS"], "2HZ");
}

TEST(FirstGenerationTest, PersonalitiesOfAWholeFileMatchTheirEntries) {
  const char* const path = std::getenv("APIARY_FIRST_GENERATION");
  if (path == nullptr) GTEST_SKIP() << "APIARY_FIRST_GENERATION names no file";
  std::ifstream file(path);
  ASSERT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  const auto database = parse_fingerprints(text.str());
  ASSERT_EQ(database.errors().lines, 0U) << database.errors().first.front().message;
  const auto entries = entries_of(text.str());
  ASSERT_EQ(entries.size(), database.fingerprints().size());
  std::map<std::string, int> missed;
  std::size_t right = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Personality personality = compile_personality(database.fingerprints()[i]);
    const auto wrong = disagreements(entries[i], OldScan(personality, mix_bits(i)).run());
    right += wrong.empty() ? 1U : 0U;
    for (const std::string& item : wrong) {
      ++missed[item.substr(0, item.find(':'))];
      if (std::getenv("APIARY_LIST_MISSES") != nullptr)
        std::cout << database.fingerprints()[i].line << ": " << item << '\n';
    }
  }
  const double share = 100.0 * static_cast<double>(right) / static_cast<double>(entries.size());
  std::cout << fmt::format("{} of {} entries matched ({:.2f} %)\n", right, entries.size(), share);
  for (const auto& [attribute, count] : missed)
    std::cout << fmt::format("  {} {}\n", attribute, count);
  EXPECT_GE(share, 99.0);
}

}  // namespace
}  // namespace apiary
