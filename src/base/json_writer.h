#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace apiary {

/// How a JsonWriter lays out its text.
struct JsonLayout {
  /// Spaces per level, each member on its own line; 0: all on one line, without spaces.
  unsigned indent = 0;
  /// Whether a byte that is not UTF-8 becomes U+FFFD; if not, it becomes the four characters \xNN.
  bool replaces_invalid_bytes = false;
};
/// Events: one object per line.
constexpr JsonLayout json_line{};
/// Answers that people read too.
constexpr JsonLayout json_for_people{.indent = 2, .replaces_invalid_bytes = true};

/// Appends JSON to a text, member by member. Everything that Apiary writes as JSON goes through it.
/// It checks nothing: the caller opens and closes objects and arrays in pairs, and names members
/// with words that need no escapes. Only the text allocates memory.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& text, JsonLayout layout = json_line)
      : text_(text), layout_(layout) {}

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
  /// A member whose name may need escapes.
  void escaped_member(std::string_view name, std::integral auto value) {
    separate();
    string(name);
    end_key();
    number(value);
  }
  /// The shortest text that reads as the same number, with a point: "5.0". REQUIRES: finite.
  void member(std::string_view name, double value) {
    key(name);
    append_real(value);
  }
  void null_member(std::string_view name) {
    key(name);
    text_ += "null";
  }
  template <class Value>
  void member(std::string_view name, const std::optional<Value>& value) {
    if (value)
      member(name, *value);
    else
      null_member(name);
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
  /// An element that is the JSON text `value`.
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
  /// An array of strings or numbers.
  template <class Values>
  void array(std::string_view name, const Values& values) {
    begin_array(name);
    for (const auto& value : values) element(value);
    end_array();
  }

 private:
  void open(char bracket) {
    text_ += bracket;
    needs_comma_ = false;
    ++depth_;
  }
  void close(char bracket) {
    --depth_;
    if (layout_.indent > 0 && needs_comma_) begin_line();
    text_ += bracket;
    needs_comma_ = true;
  }
  void separate() {
    if (needs_comma_) text_ += ',';
    if (layout_.indent > 0 && depth_ > 0) begin_line();
    needs_comma_ = true;
  }
  void key(std::string_view name) {
    separate();
    text_ += '"';
    text_ += name;
    text_ += '"';
    end_key();
  }
  void end_key() { text_ += layout_.indent > 0 ? ": " : ":"; }
  void number(std::unsigned_integral auto value) { append_number(value); }
  void number(std::signed_integral auto value) {
    if (value < 0) text_ += '-';
    append_number(value < 0 ? 0 - static_cast<unsigned long long>(value)
                            : static_cast<unsigned long long>(value));
  }
  void begin_line();
  void append_number(unsigned long long value);
  void append_real(double value);
  void string(std::string_view value);
  void append_control(unsigned char byte);
  void append_invalid(unsigned char byte);

  std::string& text_;
  const JsonLayout layout_;
  unsigned depth_ = 0;
  bool needs_comma_ = false;
};

/// Returns an object for people whose members `write(json)` writes.
template <class Write>
std::string json_object_text(Write write) {
  std::string text;
  JsonWriter json(text, json_for_people);
  json.begin_object();
  write(json);
  json.end_object();
  return text;
}

}  // namespace apiary
