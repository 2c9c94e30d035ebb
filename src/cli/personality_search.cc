#include "cli/personality_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <sstream>
#include <unordered_map>

#include "base/printable.h"
#include "config/fingerprint_catalogue.h"
#include "config/source_snippet.h"
#include "personality/builtin_personalities.h"
#include "personality/reply.h"
#include "wire/describe.h"
#include "wire/udp.h"

namespace apiary {
namespace {

constexpr std::size_t max_nearest = 5;
constexpr Instant shown_at{seconds{1'790'000'000}};

/// The personalities of a file and the built-in ones. Prints errors in the file on stderr.
std::unique_ptr<FingerprintCatalogue> load(const std::string& path) {
  LoadedPersonalities loaded = load_personalities(path);
  for (const std::string& error : loaded.errors) fmt::print(stderr, "{}\n", printable(error));
  if (!loaded.problem.empty()) fmt::print(stderr, "{}\n", loaded.problem);
  return std::move(loaded.catalogue);
}

std::string in_lower_case(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

/// The names as configurations may write them, in the order of the file; built-in ones last.
std::vector<std::string> names_of(const FingerprintDatabase& database) {
  std::map<std::string_view, std::size_t> seen;
  std::vector<std::string> names;
  for (const Fingerprint& fingerprint : database.fingerprints()) {
    const std::size_t number = ++seen[fingerprint.name];
    names.push_back(number == 1 ? std::string(fingerprint.name)
                                : fmt::format("{} #{}", fingerprint.name, number));
  }
  for (const Fingerprint& fingerprint : builtin_personalities().fingerprints())
    if (!seen.contains(fingerprint.name)) names.emplace_back(fingerprint.name);
  return names;
}

/// How well a name matches a search: the number of words found only inside other words. Nothing if
/// a word is missing.
std::optional<std::size_t> parts_of_words(const std::string& name,
                                          const std::vector<std::string>& words) {
  std::size_t parts = 0;
  const auto is_edge = [&](std::size_t at) {
    const auto joins = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
    };
    return at == 0 || at >= name.size() || !joins(name[at - 1]) || !joins(name[at]);
  };
  for (const std::string& word : words) {
    std::size_t at = name.find(word);
    if (at == std::string::npos) return std::nullopt;
    while (at != std::string::npos && !(is_edge(at) && is_edge(at + word.size())))
      at = name.find(word, at + 1);
    parts += at == std::string::npos ? 1 : 0;
  }
  return parts;
}

struct Probe {
  std::string_view title;
  std::uint8_t flags;
  std::uint16_t window;
  PortState port;
  std::array<std::uint8_t, 4> options;  // MSS (in units of 20), window scale + 1, SACK, stamps
};
using namespace tcp_flag;
constexpr std::array<Probe, 13> probes = {{
    {"SYN 1, open port", syn, 1, PortState::open, {73, 11, 1, 1}},
    {"SYN 2", syn, 63, PortState::open, {70, 1, 1, 1}},
    {"SYN 3", syn, 4, PortState::open, {32, 6, 0, 1}},
    {"SYN 4", syn, 4, PortState::open, {0, 11, 1, 1}},
    {"SYN 5", syn, 16, PortState::open, {27, 11, 1, 1}},
    {"SYN 6", syn, 512, PortState::open, {13, 0, 1, 1}},
    {"ECN", syn | ece | cwr, 3, PortState::open, {73, 11, 1, 0}},
    {"T2, open port", 0, 128, PortState::open, {13, 11, 1, 1}},
    {"T3, open port", syn | fin | urg | psh, 256, PortState::open, {13, 11, 1, 1}},
    {"T4, open port", ack, 1024, PortState::open, {13, 11, 1, 1}},
    {"T5, closed port", syn, 31337, PortState::closed, {13, 11, 1, 1}},
    {"T6, closed port", ack, 32768, PortState::closed, {13, 11, 1, 1}},
    {"T7, closed port", fin | psh | urg, 65535, PortState::closed, {13, 16, 1, 1}},
}};

/// The MSS of a probe. Nmap's 536 and 265 are no multiples of 20.
std::uint16_t mss_of(const Probe& probe) {
  switch (probe.options[0]) {
    case 27:
      return 536;
    case 13:
      return 265;
    default:
      return static_cast<std::uint16_t>(probe.options[0] * 20);
  }
}

TcpOptionBytes options_of(const Probe& probe) {
  TcpOptionBytes bytes;
  if (probe.options[1] != 0)
    bytes.put_window_scale(static_cast<std::uint8_t>(probe.options[1] - 1));
  if (probe.options[0] != 0) bytes.put_mss(mss_of(probe));
  if (probe.options[3] != 0) bytes.put_timestamps({.value = 0xffffffff, .echo_reply = 0});
  if (probe.options[2] != 0) bytes.put_sack_permitted();
  while (bytes.size() % 4 != 0) bytes.put_nop();
  return bytes;
}

std::string describe_ip(const IpHeaderTraits& ip) {
  return fmt::format("(ttl {}, id {}{})", ip.ttl, ip.identification,
                     ip.dont_fragment ? ", DF" : "");
}

/// A reply in the notation of packet scripts: its own ISN counts from 0.
std::string describe_reply(const TcpReply& reply) {
  DescribeOptions options;
  options.check_checksums = false;
  if ((reply.flags & syn) != 0) options.sequence_base = reply.sequence;
  return fmt::format("{} {}", describe(reply.segment({80}, {40000}), options),
                     describe_ip(reply.ip));
}

void show_segments(const Personality& personality, StackState& stack) {
  Instant now = shown_at;
  for (const Probe& probe : probes) {
    const TcpOptionBytes bytes = options_of(probe);
    const TcpSegment segment{.source_port = {40000},
                             .destination_port = {80},
                             .sequence = {1000},
                             .acknowledgment = {5000},
                             .flags = probe.flags,
                             .reserved = 0,
                             .window = probe.window,
                             .urgent_pointer = 0,
                             .options = bytes.bytes(),
                             .payload = {}};
    now += milliseconds{100};
    std::optional<TcpReply> reply;
    const bool opens =
        probe.port == PortState::open && (probe.flags & syn) != 0 && (probe.flags & fin) == 0;
    if (opens) {
      if (const auto answer = answer_syn(personality, stack, segment, now)) reply = answer->reply;
    } else {
      reply = answer_stray(personality, stack, segment, probe.port, now);
    }
    DescribeOptions options;
    options.check_checksums = false;
    fmt::print("// {}\n< {}\n", probe.title, describe(segment, options));
    fmt::print("{}\n", reply ? "> " + describe_reply(*reply) : "// no answer");
  }
}

void show_icmp(const Personality& personality, StackState& stack) {
  const Instant now = shown_at + seconds{2};
  for (const std::uint8_t code : {std::uint8_t{9}, std::uint8_t{0}}) {
    const IpDatagram request{.protocol = 1, .hop_limit = 57, .dont_fragment = code != 0};
    IcmpMessage echo{.type = 8, .code = code, .rest = 1};
    fmt::print("// IE, code {}{}\n< icmp {}\n", code, code != 0 ? ", DF" : "", describe(echo));
    const auto shape = answer_echo(personality, stack, request, echo, now);
    echo.type = 0;
    if (shape) echo.code = shape->code;
    fmt::print("{}\n", shape ? fmt::format("> icmp {} {}", describe(echo), describe_ip(shape->ip))
                             : "// no answer");
  }

  const std::vector<std::uint8_t> data(300, 'C');
  std::vector<std::uint8_t> udp(308), whole(328);
  const IpAddress visitor = IpAddress::v4(192, 0, 2, 1), host = IpAddress::v4(10, 0, 0, 1);
  emit_udp({.source_port = {40000}, .destination_port = {33000}, .payload = data}, visitor, host,
           udp);
  IpDatagram datagram{.source = visitor,
                      .destination = host,
                      .protocol = 17,
                      .hop_limit = 57,
                      .identification = 0x1042,
                      .payload = udp};
  emit_ip_header(datagram, udp.size(), whole);
  std::ranges::copy(udp, whole.begin() + 20);
  datagram.whole = whole;
  fmt::print("// U1, closed port\n< {}\n", describe(datagram));
  const auto answer = answer_closed_udp(personality, stack, datagram, now);
  if (!answer) {
    fmt::print("// no answer\n");
    return;
  }
  std::vector<std::uint8_t> quoted(answer->quoted_bytes);
  quote_datagram(personality, datagram, quoted);
  const IcmpMessage error{.type = 3, .code = 3, .rest = answer->unused, .payload = quoted};
  fmt::print("> icmp {} {}\n", describe(error), describe_ip(answer->icmp.ip));
}

}  // namespace

int list_personalities(const PersonalityOptions& options) {
  const auto catalogue = load(options.personalities);
  for (const std::string& name : names_of(catalogue->database())) fmt::print("{}\n", name);
  return 0;
}

int search_personalities(const PersonalityOptions& options) {
  const auto catalogue = load(options.personalities);
  std::istringstream stream(in_lower_case(options.name));
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);

  // Sorted: names with whole words first, then those of the requested family, then the newest.
  const auto nearest = catalogue->nearest(options.name, std::numeric_limits<std::size_t>::max());
  std::unordered_map<std::string_view, std::size_t> ranks;
  for (std::size_t i = 0; i < nearest.size(); ++i) ranks.emplace(nearest[i].fingerprint->name, i);
  struct Match {
    std::size_t parts, rank;
    std::string name;
  };
  std::vector<Match> matches;
  for (std::string& name : names_of(catalogue->database())) {
    const auto parts = parts_of_words(in_lower_case(name), words);
    if (!parts) continue;
    const auto rank = ranks.find(std::string_view(name).substr(0, name.rfind(" #")));
    matches.push_back(
        {*parts, rank == ranks.end() ? nearest.size() : rank->second, std::move(name)});
  }
  std::ranges::stable_sort(matches, [](const Match& a, const Match& b) {
    return a.parts != b.parts ? a.parts < b.parts : a.rank < b.rank;
  });
  for (const Match& match : matches) fmt::print("{}\n", match.name);
  if (!matches.empty()) return 0;
  fmt::print(stderr, "no name contains all words of \"{}\"; the nearest are:\n", options.name);
  for (std::size_t i = 0; i < std::min(nearest.size(), max_nearest); ++i)
    fmt::print(stderr, "{}\n", nearest[i].fingerprint->name);
  return 1;
}

int show_personality(const PersonalityOptions& options) {
  const auto catalogue = load(options.personalities);
  const auto found = catalogue->find(options.name);
  if (!found) {
    fmt::print(stderr, "unknown personality \"{}\"\n", printable(options.name));
    return 1;
  }
  if (!found->notice.empty())
    fmt::print(stderr, "{}: {}\n", found->stands_in ? "warning" : "notice",
               printable(found->notice));
  fmt::print("// {}\n", found->personality->name);
  StackState stack(*found->personality, 1, shown_at);
  show_segments(*found->personality, stack);
  show_icmp(*found->personality, stack);
  return 0;
}

}  // namespace apiary
