#include "service/built_in_session.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace apiary {
namespace {

// chargen sends at most this far ahead of a visitor that has acknowledged nothing: the visitor may
// not need the rest.
constexpr std::size_t generated_ahead_bytes = 16'384;
// RFC 864: lines of 72 of the 95 printable characters; each line starts one character later.
constexpr std::size_t line_characters = 72, printable_characters = 95, line_bytes = 74;
// Length of a datagram, below the RFC's limit of 512 characters.
constexpr std::size_t generated_datagram_lines = 6;

/// RFC 867 leaves the form open; this is inetd's.
std::string day_and_time() {
  return fmt::format("{:%a %b %e %H:%M:%S %Y}\r\n", fmt::localtime(std::time(nullptr)));
}

/// RFC 868: the seconds since 1900, in 32 bits.
std::string seconds_since_1900() {
  constexpr std::uint64_t from_1900_to_1970 = 2'208'988'800;
  const auto now = static_cast<std::uint64_t>(std::time(nullptr)) + from_1900_to_1970;
  std::string bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>(now >> shift & 0xff);
  return bytes;
}

/// What chargen sends, many times over: after `printable_characters` lines, the first one follows.
std::string make_generated_text() {
  constexpr std::size_t times = 8;
  std::string text;
  for (std::size_t line = 0; line < times * printable_characters; ++line) {
    for (std::size_t i = 0; i < line_characters; ++i)
      text += static_cast<char>(' ' + (line + i) % printable_characters);
    text += "\r\n";
  }
  return text;
}

/// At most this number of whole lines from line number `line` on.
Bytes generated_lines(std::uint32_t line, std::size_t lines) {
  static const std::string text = make_generated_text();
  return as_bytes(text)
      .subspan(line % printable_characters * line_bytes)
      .first(std::min(lines * line_bytes, text.size() - line % printable_characters * line_bytes));
}

/// Whether a datagram from this port may be the reply of such a service: two that answer each other
/// never stop (CERT CA-1996-01).
bool is_of_a_small_server(Port port) {
  constexpr std::array<std::uint16_t, 5> ports = {7, 13, 17, 19, 37};
  return std::find(ports.begin(), ports.end(), port.number) != ports.end();
}

/// The whole reply of a service that sends one; empty: the service sends none, or more.
std::string statement_of(BuiltIn kind) {
  if (kind == BuiltIn::daytime) return day_and_time();
  if (kind == BuiltIn::time) return seconds_since_1900();
  return {};
}

}  // namespace

BuiltInSession::BuiltInSession(Inbox& inbox, const OpenSession& open)
    : inbox_(inbox),
      session_(open.session),
      kind_(std::get<BuiltIn>(*open.service)),
      is_datagram_(open.flow.protocol == IpProtocol::udp),
      allowance_bytes_(open.output_allowance_bytes) {
  if (is_datagram_ && is_of_a_small_server(open.flow.remote.port)) kind_ = BuiltIn::discard;
  if (!is_datagram_ && kind_ == BuiltIn::chargen) {
    allowance_bytes_ = std::min(allowance_bytes_, generated_ahead_bytes);
    unused_allowance_bytes_ = open.output_allowance_bytes - allowance_bytes_;
  }
}

void BuiltInSession::start() {
  if (is_datagram_) return;
  if (kind_ == BuiltIn::chargen) return generate();
  const std::string statement = statement_of(kind_);
  if (statement.empty()) return;
  say(as_bytes(statement));
  inbox_.ended(session_);
}

void BuiltInSession::deliver(Bytes bytes) {
  if (!is_datagram_ && kind_ == BuiltIn::echo) return echo(bytes);
  inbox_.consumed(session_, bytes.size());
  if (is_datagram_) answer_datagram(bytes);
}

void BuiltInSession::answer_datagram(Bytes bytes) {
  if (kind_ == BuiltIn::discard) return;
  const std::string statement = statement_of(kind_);
  Bytes datagram = kind_ == BuiltIn::echo ? bytes : as_bytes(statement);
  if (kind_ == BuiltIn::chargen) {
    datagram = generated_lines(line_, generated_datagram_lines);
    line_ += generated_datagram_lines;
  }
  // A datagram that does not fit is lost, as on any path.
  if (datagram.size() <= std::min(allowance_bytes_, datagram_limit_bytes)) say(datagram);
}

void BuiltInSession::end_input() {
  input_ended_ = true;
  if ((kind_ == BuiltIn::echo && unsent_ == nullptr) || kind_ == BuiltIn::discard)
    inbox_.ended(session_);
}

void BuiltInSession::grant(std::size_t bytes) {
  const std::size_t more = std::min(bytes, unused_allowance_bytes_);
  unused_allowance_bytes_ -= more;
  allowance_bytes_ += bytes + more;
  if (unsent_ != nullptr) send_unsent();
  if (kind_ == BuiltIn::chargen && !is_datagram_) generate();
}

/// Echoed bytes count as consumed, so the visitor is at most a window ahead.
void BuiltInSession::echo(Bytes bytes) {
  std::size_t said = 0;
  if (unsent_ == nullptr) said = say(bytes);
  inbox_.consumed(session_, said);
  if (said == bytes.size()) return;
  if (unsent_ == nullptr) unsent_ = std::make_unique<std::string>();
  unsent_->append(bytes.begin() + static_cast<std::ptrdiff_t>(said), bytes.end());
}

void BuiltInSession::send_unsent() {
  const std::size_t said = say(as_bytes(*unsent_));
  inbox_.consumed(session_, said);
  unsent_->erase(0, said);
  if (!unsent_->empty()) return;
  unsent_.reset();
  if (input_ended_) inbox_.ended(session_);
}

/// Sends as many whole lines as the allowance permits.
void BuiltInSession::generate() {
  while (const std::size_t lines = allowance_bytes_ / line_bytes) {
    const std::size_t said = say(generated_lines(line_, lines));
    line_ = static_cast<std::uint32_t>((line_ + said / line_bytes) % printable_characters);
  }
}

/// Sends as much of `bytes` as the allowance permits; returns the number of bytes.
std::size_t BuiltInSession::say(Bytes bytes) {
  const Bytes said = bytes.first(std::min(bytes.size(), allowance_bytes_));
  if (said.empty() && !is_datagram_) return 0;
  allowance_bytes_ -= said.size();
  inbox_.output(session_, said);
  return said.size();
}

}  // namespace apiary
