#include "service/built_in_services.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "base/overloaded.h"

namespace apiary {
namespace {

// A generator of characters says no more ahead of its visitor: what is not read is of no use.
constexpr std::size_t generated_ahead_bytes = 16'384;
// RFC 864: lines of 72 out of the 95 printable characters, each a character further.
constexpr std::size_t line_characters = 72, printable_characters = 95, line_bytes = 74;
// How much of it a datagram has: less than the 512 characters of the RFC.
constexpr std::size_t generated_datagram_lines = 6;

/// RFC 867: in any form that people read; this is what inetd has.
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

void append_line(std::string& text, std::uint32_t line) {
  for (std::size_t i = 0; i < line_characters; ++i)
    text += static_cast<char>(' ' + (line + i) % printable_characters);
  text += "\r\n";
}

/// Whether a datagram from there may itself be such a service's answer: two that answer each other
/// do so for ever (CERT CA-1996-01).
bool is_of_a_small_server(Port port) {
  constexpr std::array<std::uint16_t, 5> ports = {7, 13, 17, 19, 37};
  return std::find(ports.begin(), ports.end(), port.number) != ports.end();
}

/// What is said once and for all; empty: nothing.
std::string statement_of(BuiltIn kind) {
  if (kind == BuiltIn::daytime) return day_and_time();
  if (kind == BuiltIn::time) return seconds_since_1900();
  return {};
}

}  // namespace

bool BuiltInServices::execute(const ServiceCommand& command) {
  if (const auto* opened = std::get_if<OpenSession>(&command)) return open(*opened);
  const SessionId session = std::visit([](const auto& c) { return c.session; }, command);
  const auto found = conversations_.find(session);
  if (found == conversations_.end()) return false;
  Conversation& at = found.value();
  std::visit(overloaded{[](const OpenSession&) {},
                        [&](const DeliverInput& c) { deliver(session, at, c.bytes); },
                        [&](const EndInput&) { end_input(session, at); },
                        [&](const GrantOutput& c) { grant(session, at, c.bytes); },
                        [&](const CloseSession&) {
                          inbox_.forget(session);
                          conversations_.erase(found);
                        }},
             command);
  return true;
}

bool BuiltInServices::open(const OpenSession& open) {
  const auto* const kind = std::get_if<BuiltIn>(open.service.get());
  if (kind == nullptr) return false;
  Conversation& at = conversations_[open.session];
  at = {.kind = *kind,
        .is_datagram = open.flow.protocol == IpProtocol::udp,
        .allowance_bytes = open.output_allowance_bytes};
  if (at.is_datagram && is_of_a_small_server(open.flow.remote.port)) at.kind = BuiltIn::discard;
  if (at.is_datagram) return true;
  if (*kind == BuiltIn::chargen) {
    at.allowance_bytes = std::min(at.allowance_bytes, generated_ahead_bytes);
    generate(open.session, at);
  } else if (const std::string statement = statement_of(*kind); !statement.empty()) {
    say(open.session, at, as_bytes(statement));
    inbox_.ended(open.session);
  }
  return true;
}

void BuiltInServices::deliver(SessionId session, Conversation& at, Bytes bytes) {
  if (!at.is_datagram && at.kind == BuiltIn::echo) return echo(session, at, bytes);
  inbox_.consumed(session, bytes.size());
  if (at.is_datagram) answer_datagram(session, at, bytes);
}

void BuiltInServices::answer_datagram(SessionId session, Conversation& at, Bytes bytes) {
  std::string answer;
  if (at.kind == BuiltIn::discard) return;
  if (at.kind == BuiltIn::chargen)
    for (std::size_t i = 0; i < generated_datagram_lines; ++i) append_line(answer, at.line++);
  else
    answer = statement_of(at.kind);
  const Bytes datagram = at.kind == BuiltIn::echo ? bytes : as_bytes(answer);
  // What does not fit is lost, as on any path.
  if (datagram.size() <= std::min(at.allowance_bytes, datagram_limit_bytes))
    say(session, at, datagram);
}

void BuiltInServices::end_input(SessionId session, Conversation& at) {
  at.input_ended = true;
  if ((at.kind == BuiltIn::echo && at.unsaid == nullptr) || at.kind == BuiltIn::discard)
    inbox_.ended(session);
}

void BuiltInServices::grant(SessionId session, Conversation& at, std::size_t bytes) {
  at.allowance_bytes += bytes;
  if (at.unsaid != nullptr) say_unsaid(session, at);
  if (at.kind == BuiltIn::chargen && !at.is_datagram) generate(session, at);
}

/// What is echoed counts as consumed: the visitor can be no further ahead than a window.
void BuiltInServices::echo(SessionId session, Conversation& at, Bytes bytes) {
  std::size_t said = 0;
  if (at.unsaid == nullptr) said = say(session, at, bytes);
  inbox_.consumed(session, said);
  if (said == bytes.size()) return;
  if (at.unsaid == nullptr) at.unsaid = std::make_unique<std::string>();
  at.unsaid->append(bytes.begin() + static_cast<std::ptrdiff_t>(said), bytes.end());
}

void BuiltInServices::say_unsaid(SessionId session, Conversation& at) {
  const std::size_t said = say(session, at, as_bytes(*at.unsaid));
  inbox_.consumed(session, said);
  at.unsaid->erase(0, said);
  if (!at.unsaid->empty()) return;
  at.unsaid.reset();
  if (at.input_ended) inbox_.ended(session);
}

/// As many whole lines as may be said.
void BuiltInServices::generate(SessionId session, Conversation& at) {
  std::string lines;
  while (lines.size() + line_bytes <= at.allowance_bytes) append_line(lines, at.line++);
  say(session, at, as_bytes(lines));
}

/// As much of `bytes` as may be said; returns how much.
std::size_t BuiltInServices::say(SessionId session, Conversation& at, Bytes bytes) {
  const Bytes said = bytes.first(std::min(bytes.size(), at.allowance_bytes));
  if (said.empty()) return 0;
  at.allowance_bytes -= said.size();
  inbox_.output(session, said);
  return said.size();
}

}  // namespace apiary
