#include "personality/fingerprint_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "personality/first_generation.h"

namespace apiary {
namespace {

// The first line of files since Nmap 7.95, so that older versions refuse them.
constexpr std::string_view notice_to_nmap = "This nmap-os-db is only valid for Nmap";

std::string_view trim_line(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\f\v";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view take_part(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

/// A word of a file, made printable and short for messages.
std::string shown(std::string_view word) {
  constexpr std::size_t longest = 40;
  const std::string text = printable(word.substr(0, longest));
  return word.size() > longest ? text + "..." : text;
}

}  // namespace

void FingerprintErrors::add(std::size_t line, std::string message) {
  if (++lines <= max_shown) first.push_back({line, std::move(message)});
}

void FingerprintReader::read_line(std::size_t number, std::string_view line) {
  if (number == 1 && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);  // a byte order mark
  line = trim_line(line);
  if (line.empty()) {
    if (state_ == State::entry) state_ = State::finished_entry;
    return;
  }
  if (line[0] == '#' || line.starts_with(notice_to_nmap)) return;
  const std::string_view word = line.substr(0, line.find_first_of(" \t("));
  auto trouble = read_word(number, word, line);
  if (!trouble) return;
  errors_.add(number, *std::move(trouble));
  if (state_ == State::entry) skip_entry();
}

FingerprintReader::Trouble FingerprintReader::read_word(std::size_t number, std::string_view word,
                                                        std::string_view line) {
  const std::string_view rest = trim_line(line.substr(word.size()));
  if (word == "Fingerprint") {
    end_entry();
    return begin_entry(number, rest);
  }
  if (word == "MatchPoints") {
    end_entry();
    state_ = State::match_points;
    return std::nullopt;
  }
  if (state_ == State::match_points || state_ == State::bad_entry) return std::nullopt;
  if (state_ == State::nothing)
    return fmt::format("\"{}\" is not a Fingerprint line, and none precedes it", shown(word));
  if (word == "Class") return read_class(line, rest);
  if (word == "CPE") return std::nullopt;
  if (word == "SInfo" || word == "SCAN") {
    errors_.add(number, fmt::format("{} says how Nmap scanned, not how the system answers; it "
                                    "is left out",
                                    word));
    return std::nullopt;
  }
  return read_test(word, rest);
}

FingerprintReader::Trouble FingerprintReader::begin_entry(std::size_t number,
                                                          std::string_view name) {
  if (name.empty()) {
    state_ = State::bad_entry;
    ++errors_.skipped_entries;
    return "a Fingerprint line needs a name";
  }
  state_ = State::entry;
  Fingerprint& fingerprint = fingerprints_.emplace_back();
  fingerprint.name = name;
  fingerprint.line = number;
  return std::nullopt;
}

/// An entry without tests was cut off.
void FingerprintReader::end_entry() {
  if (state_ != State::entry && state_ != State::finished_entry) return;
  const Fingerprint& last = fingerprints_.back();
  if (std::ranges::any_of(last.tests, [](const auto& test) { return test.has_value(); })) return;
  errors_.add(last.line, fmt::format("\"{}\" has no tests", shown(last.name)));
  skip_entry();
}

void FingerprintReader::skip_entry() {
  fingerprints_.pop_back();
  ++errors_.skipped_entries;
  state_ = State::bad_entry;
}

FingerprintReader::Trouble FingerprintReader::read_class(std::string_view line,
                                                         std::string_view fields) {
  Fingerprint& fingerprint = fingerprints_.back();
  if (!fingerprint.classes.empty()) {
    const char* const start = fingerprint.classes.data();
    fingerprint.classes = {start, static_cast<std::size_t>(line.data() + line.size() - start)};
    return std::nullopt;
  }
  fingerprint.classes = line;
  fingerprint.vendor = trim_line(take_part(fields, '|'));
  fingerprint.family = trim_line(take_part(fields, '|'));
  fingerprint.generation = trim_line(take_part(fields, '|'));
  return std::nullopt;
}

FingerprintReader::Trouble FingerprintReader::read_test(std::string_view word,
                                                        std::string_view rest) {
  if (const std::size_t remark = rest.find('#', std::min(rest.rfind(')'), rest.size()));
      remark != std::string_view::npos)
    rest = trim_line(rest.substr(0, remark));
  const auto test = nmap_test(word);
  if (rest.size() < 2 || rest.front() != '(' || rest.back() != ')') {
    if (!test) return fmt::format("\"{}\" is not a line of a fingerprint", shown(word));
    return fmt::format("{} must be followed by attributes in parentheses", word);
  }
  const std::string_view attributes = rest.substr(1, rest.size() - 2);
  if (is_first_generation(word, attributes))
    return add_first_generation(word, attributes, fingerprints_.back(), translated_);
  if (!test) return fmt::format("\"{}\" is not a test of Nmap's", shown(word));
  auto& known = fingerprints_.back().tests[static_cast<std::size_t>(*test)];
  if (known) return fmt::format("{} is given twice", word);
  for (std::string_view items = attributes; !items.empty();) {
    const std::string_view item = take_part(items, '%');
    if (item.empty() || item[0] == '=' || item.find('=') == std::string_view::npos)
      return fmt::format("{}: \"{}\" is not ATTRIBUTE=VALUES", word, shown(item));
  }
  known = attributes;
  return std::nullopt;
}

}  // namespace apiary
