#include "report/html_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>

#include "base/printable.h"
#include "posix/local_time.h"

namespace apiary {

void HtmlWriter::append(std::string_view printable) {
  for (const char c : printable) {
    switch (c) {
      case '<':
        page_ += "&lt;";
        break;
      case '>':
        page_ += "&gt;";
        break;
      case '&':
        page_ += "&amp;";
        break;
      case '"':
        page_ += "&quot;";
        break;
      case '\'':
        page_ += "&#39;";
        break;
      default:
        page_ += c;
    }
  }
}

HtmlWriter& HtmlWriter::text(std::string_view words) {
  append(safe_text(words));
  return *this;
}

HtmlWriter& HtmlWriter::bytes(std::string_view bytes) {
  std::string printable;
  append_escaped(printable, bytes);
  append(printable);
  return *this;
}

HtmlWriter& HtmlWriter::lines(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    std::string_view line = bytes.substr(0, end);
    if (end < bytes.size() && line.ends_with('\r')) line.remove_suffix(1);
    this->bytes(line);
    if (end == bytes.size()) break;
    page_ += '\n';
    bytes.remove_prefix(end + 1);
  }
  return *this;
}

HtmlWriter& HtmlWriter::number(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) page_ += ',';
    page_ += digits[i];
  }
  return *this;
}

HtmlWriter& HtmlWriter::count(std::uint64_t number, std::string_view thing) {
  this->number(number).text(" ").text(thing);
  if (number != 1) page_ += 's';
  return *this;
}

HtmlWriter& HtmlWriter::number(const Distinct& number) {
  if (number.how == Distinct::How::estimate) page_ += "≈ ";
  if (number.how == Distinct::How::at_least) page_ += "≥ ";
  return this->number(number.number);
}

HtmlWriter& HtmlWriter::count(const Distinct& number, std::string_view thing) {
  if (number.how == Distinct::How::estimate) page_ += "about ";
  if (number.how == Distinct::How::at_least) page_ += "at least ";
  return count(number.number, thing);
}

HtmlWriter& HtmlWriter::digits(std::uint64_t number) {
  page_ += std::to_string(number);
  return *this;
}

HtmlWriter& HtmlWriter::time(Instant at) {
  return text(local_time(at, names_zones_ ? "%-d %b %H:%M %Z" : "%-d %b %H:%M"));
}

std::string local_time(Instant at, const char* form) {
  return local_time(std::chrono::floor<seconds>(at.time_since_epoch()).count(), form);
}

std::string zone_words(Instant at) {
  const std::string name = local_time(at, "%Z");
  if (name == "UTC") return name;
  const std::time_t whole = std::chrono::floor<seconds>(at.time_since_epoch()).count();
  return fmt::format("{} (UTC{})", name, utc_offset(whole));
}

}  // namespace apiary
