#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "base/time.h"

namespace apiary {

/// Appends JSON to a text, member by member; nothing is checked, and nothing allocated but for the
/// text. Strings may be any bytes: what is not UTF-8 becomes "\xNN", as two characters and digits.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& text) : text_(text) {}

  void begin_object() { open('{'); }
  void begin_object(std::string_view name) {
    key(name);
    open('{');
  }
  void begin_object_element() {
    separate();
    open('{');
  }
  void end_object() { close('}'); }
  void begin_array(std::string_view name) {
    key(name);
    open('[');
  }
  void end_array() { close(']'); }

  void member(std::string_view name, std::string_view value) {
    key(name);
    string(value);
  }
  void member(std::string_view name, const char* value) { member(name, std::string_view(value)); }
  void member(std::string_view name, bool value) {
    key(name);
    text_ += value ? "true" : "false";
  }
  void member(std::string_view name, std::integral auto value) {
    key(name);
    number(value);
  }
  void null_member(std::string_view name) {
    key(name);
    text_ += "null";
  }
  /// Seconds since 1970, with three digits behind the point.
  void time_member(std::string_view name, Instant at) {
    const std::int64_t count = std::chrono::floor<milliseconds>(at.time_since_epoch()).count();
    key(name);
    number(count / 1'000);
    const std::int64_t fraction = count % 1'000;
    text_ += '.';
    text_ += static_cast<char>('0' + fraction / 100);
    text_ += static_cast<char>('0' + fraction / 10 % 10);
    text_ += static_cast<char>('0' + fraction % 10);
  }
  /// A member whose value is the JSON `value`.
  void json_member(std::string_view name, std::string_view value) {
    key(name);
    text_ += value;
  }
  void json_element(std::string_view value) {
    separate();
    text_ += value;
  }
  /// A member whose value `append(text)` writes, between quotation marks; it must need no escapes.
  template <class Append>
  void plain_member(std::string_view name, Append append) {
    key(name);
    text_ += '"';
    append(text_);
    text_ += '"';
  }
  void element(std::string_view value) {
    separate();
    string(value);
  }
  void element(std::integral auto value) {
    separate();
    number(value);
  }

 private:
  void open(char bracket) {
    text_ += bracket;
    needs_comma_ = false;
  }
  void close(char bracket) {
    text_ += bracket;
    needs_comma_ = true;
  }
  void separate() {
    if (needs_comma_) text_ += ',';
    needs_comma_ = true;
  }
  void key(std::string_view name) {
    separate();
    text_ += '"';
    text_ += name;
    text_ += "\":";
  }
  void number(std::unsigned_integral auto value) { append_number(value); }
  void number(std::signed_integral auto value) {
    if (value < 0) text_ += '-';
    append_number(value < 0 ? 0 - static_cast<unsigned long long>(value)
                            : static_cast<unsigned long long>(value));
  }
  void append_number(unsigned long long value);
  void string(std::string_view value);

  std::string& text_;
  bool needs_comma_ = false;
};

}  // namespace apiary
