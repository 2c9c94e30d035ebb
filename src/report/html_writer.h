#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/time.h"
#include "event/distinct.h"

namespace apiary {

/// Writes HTML. The program contains all markup; data is text, and cannot become markup.
class HtmlWriter {
 public:
  template <std::size_t size>
  HtmlWriter& markup(const char (&literal)[size]) {
    page_.append(literal, size - 1);
    return *this;
  }
  /// Text of Apiary or of the configuration: UTF-8, without control characters.
  HtmlWriter& text(std::string_view words);
  /// Bytes from a visitor: printable ASCII, "\xNN" for others.
  HtmlWriter& bytes(std::string_view bytes);
  /// The same, with line ends.
  HtmlWriter& lines(std::string_view bytes);
  HtmlWriter& address(const IpAddress& address) { return text(to_string(address)); }
  /// "12,345".
  HtmlWriter& number(std::uint64_t number);
  /// "1 host", "12,345 hosts".
  HtmlWriter& count(std::uint64_t number, std::string_view thing);
  /// "12", "≈ 5,210", "≥ 64"; and as count(), "at least 64 hosts".
  HtmlWriter& number(const Distinct& number);
  HtmlWriter& count(const Distinct& number, std::string_view thing);
  /// For an attribute or SVG: "12345".
  HtmlWriter& digits(std::uint64_t number);
  /// "26 Nov 17:04", by local time.
  HtmlWriter& time(Instant at);
  /// From now on prints the zone with each time, since there are several.
  void name_zones() { names_zones_ = true; }

  std::string take() { return std::move(page_); }

 private:
  void append(std::string_view printable);

  std::string page_;
  bool names_zones_ = false;
};

/// Local time, in a format of strftime.
std::string local_time(Instant at, const char* form);
/// "CET (UTC+01:00)": the zone of local time at that moment.
std::string zone_words(Instant at);

}  // namespace apiary
