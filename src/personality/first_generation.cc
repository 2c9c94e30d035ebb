#include "personality/first_generation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace apiary {
namespace {

constexpr double probe_interval_seconds = 0.1;
constexpr std::string_view segment_tests = "T1 T2 T3 T4 T5 T6 T7";

/// The value of `name`; nothing if the line has none.
std::optional<std::string_view> find(std::string_view attributes, std::string_view name) {
  while (!attributes.empty()) {
    const std::string_view item = attributes.substr(0, attributes.find('%'));
    attributes.remove_prefix(std::min(item.size() + 1, attributes.size()));
    if (item.size() > name.size() && item.starts_with(name) && item[name.size()] == '=')
      return item.substr(name.size() + 1);
  }
  return std::nullopt;
}

/// The same alternatives, each in the notation of the second generation.
template <class Translate>
std::string each(std::string_view expression, Translate&& translate) {
  std::vector<std::string> result;
  for (const std::string_view alternative : MatchExpression(expression).alternatives())
    result.push_back(translate(alternative));
  return fmt::format("{}", fmt::join(result, "|"));
}

/// Builds a line of attributes.
class Line {
 public:
  void add(std::string_view name, std::string_view value) {
    text_ += fmt::format("{}{}={}", text_.empty() ? "" : "%", name, value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

struct SegmentLine {
  std::string_view test, attributes;
  bool is_to_syn() const { return test == "T1"; }
};

std::string options_from(std::string_view letters, std::string_view own_mss) {
  std::string result;
  std::size_t size = 0;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const bool echoes = letters[i] == 'M' && i + 1 < letters.size() && letters[i + 1] == 'E';
    // It had no letter for SACK-permitted and wrote M again, as in MNNM. Alignment to four bytes
    // distinguishes the two.
    if (letters[i] == 'M' && size > 0 && size % 4 == 2) {
      result += 'S';
      size += 2;
      continue;
    }
    switch (letters[i]) {
      case 'M':
        result += fmt::format("M{}", echoes ? "109" : own_mss);
        size += 4;
        i += echoes ? 1 : 0;
        break;
      case 'W':
        result += "W0";
        size += 3;
        break;
      case 'T':
        result += "T11";
        size += 10;
        break;
      default:
        result += letters[i];
        ++size;
    }
  }
  for (; size % 4 != 0; ++size) result += 'L';
  return result;
}

/// The acknowledgment number. For other values: O (other) with the ACK flag, else Z (zero).
std::string acknowledgment_from(std::string_view letters, bool has_ack) {
  if (letters == "S++") return "S+";
  if (letters == "S") return "S";
  return has_ack ? "O" : "Z";
}

std::string segment_from(const SegmentLine& line) {
  Line result;
  const auto answers = find(line.attributes, "Resp");
  result.add("R", answers.value_or("Y"));
  if (answers == "N") return result.take();
  if (const auto fragment = find(line.attributes, "DF")) result.add("DF", *fragment);
  const std::string_view flags = find(line.attributes, "Flags").value_or("");
  const std::string_view first_flags = flags.substr(0, flags.find('|'));
  if (first_flags.find('S') != std::string_view::npos) result.add("S", "O");
  if (const auto acknowledgment = find(line.attributes, "ACK"))
    result.add("A", each(*acknowledgment, [&](std::string_view letters) {
                 return acknowledgment_from(letters,
                                            first_flags.find('A') != std::string_view::npos);
               }));
  if (find(line.attributes, "Flags")) result.add("F", flags);
  if (line.is_to_syn()) return result.take();  // its window and options are OPS and WIN
  if (const auto window = find(line.attributes, "W")) result.add("W", *window);
  if (const auto options = find(line.attributes, "Ops"))
    result.add(
        "O", each(*options, [](std::string_view letters) { return options_from(letters, "5B4"); }));
  return result.take();
}

/// Six replies like the one to T1; an echoed MSS (E) is the smaller of both.
std::pair<std::string, std::string> syn_answers_from(std::string_view attributes) {
  const auto options = find(attributes, "Ops");
  const auto window = find(attributes, "W");
  constexpr std::array<std::string_view, 6> followed = {"5B4", "578", "280", "5B4", "218", "109"};
  Line ops, win;
  if (options) ops.add("OLD", "Y");  // its SYN did not offer SACK
  for (std::size_t i = 0; i < followed.size(); ++i) {
    const bool follows = options && options->find("ME") != std::string_view::npos;
    if (options)
      ops.add(fmt::format("O{}", i + 1), each(*options, [&](std::string_view letters) {
                std::string plain(letters);
                std::erase(plain, 'E');
                return options_from(plain, follows ? followed[i] : "5B4");
              }));
    if (window) win.add(fmt::format("W{}", i + 1), *window);
  }
  return {ops.take(), win.take()};
}

/// The bounds in `<9C8` or `<7A8FA&>50`; for a number, the number itself.
struct Bounds {
  double low = 0, high = 4e9;
  double middle() const {
    if (low == high) return low;
    return low <= 1 ? std::min(high / 2, high - 1) : std::sqrt(low * high);
  }
};

Bounds bounds_of(std::string_view expression) {
  Bounds bounds;
  const std::string_view first = expression.substr(0, expression.find('|'));
  for (std::string_view rest = first; !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    const bool is_bound = part.starts_with('<') || part.starts_with('>');
    const auto number = parse_number_range(is_bound ? part.substr(1) : part);
    if (!number) continue;
    if (!part.starts_with('>')) bounds.high = number->low;
    if (!part.starts_with('<')) bounds.low = number->low;
  }
  return bounds;
}

std::string_view id_class_from(std::string_view letters) {
  if (letters == "RPI") return "RI";
  return letters == "C" ? "1234" : letters;
}

std::string_view clock_from(std::string_view words) {
  if (words == "2HZ") return "1";
  if (words == "100HZ") return "7";
  if (words == "1000HZ") return "A";
  return words;  // U, 0
}

/// The steps of its ISNs, from the class and SI: their scatter in units of the divisor.
void add_isns(std::string_view attributes, Line& line) {
  const Bounds gcds = bounds_of(find(attributes, "gcd").value_or("<FFFFFFFF"));
  const std::string_view classes = find(attributes, "Class").value_or("");
  const std::string_view kind = classes.substr(0, classes.find('|'));
  const auto eighths = [](double value) {
    return fmt::format("{:X}", value <= 1 ? 0L : std::lround(8 * std::log2(value)));
  };
  if (kind.empty()) return;
  if (kind == "C") return line.add("GCD", "0");
  const Bounds scatters = bounds_of(find(attributes, "SI").value_or("<14"));
  double scatter = scatters.middle();
  double gcd = gcds.low == gcds.high ? gcds.low : gcds.low + 1;
  // The first generation called increments with a scatter below 75 time dependent, and large ones
  // random.
  if (kind == "TD" && scatters.low < 20) scatter = std::min(scatter, 20.0);
  if (kind == "RI") scatter = std::clamp(scatter, 90.0, 1e7);
  double mean = std::max(25000.0, 3 * scatter * gcd);
  // Steps of about 64,000 or 800.
  if (kind == "64K" || kind == "i800") {
    mean = kind == "64K" ? 64000 : 800;
    if (gcds.high >= mean) gcd = mean;
    scatter = 0;
  }
  if (kind == "TR") mean = double{1 << 28};
  if (kind == "TR") scatter = mean / 3;
  if (kind == "RI") mean = std::min(mean, 3e7);
  if (scatter == 0 && gcd == 1) line.add("STEP", fmt::format("{:X}", static_cast<unsigned>(mean)));
  line.add("SP", eighths(scatter * (gcd > 9 ? 1 : gcd) / probe_interval_seconds));
  line.add("GCD", fmt::format("{:X}", static_cast<std::uint32_t>(gcd)));
  line.add("ISR", eighths(mean / probe_interval_seconds));
}

std::string sequence_from(std::string_view attributes) {
  Line line;
  add_isns(attributes, line);
  if (const auto ids = find(attributes, "IPID"))
    for (const std::string_view name : {"TI", "CI", "II"})
      line.add(name,
               each(*ids, [](std::string_view id) { return std::string(id_class_from(id)); }));
  if (const auto clock = find(attributes, "TS"))
    line.add("TS",
             each(*clock, [](std::string_view word) { return std::string(clock_from(word)); }));
  return line.take();
}

/// E: as sent, 0: zero, F: something else.
std::string quoted_from(std::string_view expression, std::string_view same, std::string_view zero,
                        std::string_view other) {
  return each(expression, [&](std::string_view letter) {
    return std::string(letter == "E" ? same : letter == "0" ? zero : other);
  });
}

std::string datagram_from(std::string_view attributes) {
  Line line;
  line.add("R", find(attributes, "Resp").value_or("Y"));
  for (const auto& [old_name, name] : {std::pair{"DF", "DF"}, {"TOS", "TOS"}, {"IPLEN", "IPL"}})
    if (const auto value = find(attributes, old_name)) line.add(name, *value);
  if (const auto length = find(attributes, "RIPTL")) line.add("RIPL", *length);
  if (const auto id = find(attributes, "RID")) line.add("RID", quoted_from(*id, "G", "0", "4210"));
  if (const auto sum = find(attributes, "RIPCK"))
    line.add("RIPCK", quoted_from(*sum, "G", "Z", "I"));
  if (const auto sum = find(attributes, "UCK"))
    line.add("RUCK", quoted_from(*sum, "G", "0", "5A17"));
  if (const auto data = find(attributes, "DAT")) line.add("RUD", quoted_from(*data, "G", "I", "I"));
  return line.take();
}

}  // namespace

bool is_first_generation(std::string_view test, std::string_view attributes) {
  if (test == "TSeq" || test == "PU") return true;
  return test.size() == 2 && segment_tests.find(test) != std::string_view::npos &&
         (find(attributes, "Resp") || find(attributes, "Flags") || find(attributes, "ACK"));
}

std::optional<std::string> add_first_generation(std::string_view test, std::string_view attributes,
                                                Fingerprint& fingerprint,
                                                std::deque<std::string>& texts) {
  bool is_twice = false;
  const auto put = [&](NmapTest target, std::string text) {
    auto& line = fingerprint.tests[static_cast<std::size_t>(target)];
    is_twice |= line.has_value();
    line = texts.emplace_back(std::move(text));
  };
  if (test == "TSeq") {
    put(NmapTest::seq, sequence_from(attributes));
  } else if (test == "PU") {
    put(NmapTest::u1, datagram_from(attributes));
  } else {
    put(*nmap_test(test), segment_from({test, attributes}));
    if (test == "T1" && find(attributes, "Resp") != "N") {
      auto [options, windows] = syn_answers_from(attributes);
      put(NmapTest::ops, std::move(options));
      put(NmapTest::win, std::move(windows));
    }
  }
  if (is_twice) return fmt::format("{} is given twice", test);
  return std::nullopt;
}

}  // namespace apiary
