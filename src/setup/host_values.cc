#include "setup/host_values.h"

#include <fmt/format.h>

#include <cmath>
#include <ctime>

#include "base/counted.h"
#include "personality/reply.h"
#include "posix/local_time.h"
#include "wire/describe.h"

namespace apiary {
namespace {

/// The SYN of a current program that connects to an open port.
TcpSegment usual_syn(const TcpOptionBytes& options) {
  return {.source_port = {40000},
          .destination_port = {80},
          .flags = tcp_flag::syn,
          .window = 64240,
          .options = options.bytes(),
          .payload = {}};
}

std::string syn_ack_text(const Personality& personality, StackState stack, Instant now) {
  TcpOptionBytes options;
  options.put_mss(1460);
  options.put_sack_permitted();
  options.put_timestamps({.value = 1, .echo_reply = 0});
  options.put_nop();
  options.put_window_scale(7);
  const auto answer = answer_syn(personality, stack, usual_syn(options), now);
  if (!answer) return "none: it does not answer requests to open ports";
  const TcpReply& reply = answer->reply;
  return fmt::format("{} ttl {}{}, window {} <{}>", describe_tcp_flags(reply.flags), reply.ip.ttl,
                     reply.ip.dont_fragment ? ", DF" : "", reply.window,
                     describe_tcp_options(reply.options.bytes()));
}

std::string mss_text(std::uint16_t path_mss) {
  return fmt::format(
      "as on Ethernet, but {} to SYNs with options and a window below 1,024, such as Nmap's: its "
      "fingerprint was taken over another link",
      path_mss);
}

std::string isn_text(const IsnRule& rule, StackState stack, Instant now) {
  std::string text;
  switch (rule.kind) {
    case IsnRule::Kind::constant:
      return fmt::format("always {:#x}", stack.draw_isn(rule, now).value);
    case IsnRule::Kind::time_driven:
      text = fmt::format("a clock of {:.0f} a second", rule.rate_per_second);
      break;
    case IsnRule::Kind::scattered:
      text = fmt::format("a clock of about {:.0f} a second", rule.rate_per_second);
      break;
    case IsnRule::Kind::random:
      text = "random";
      break;
  }
  const IsnMeasure seen = measure(rule);
  return text + fmt::format("; Nmap sees SP={:X} ISR={:X} GCD={:X}", std::lround(seen.sp),
                            std::lround(seen.isr), seen.gcd);
}

std::string id_text(const IpIdRule& rule) {
  switch (rule.kind) {
    case IpIdRule::Kind::zero:
      return "zero";
    case IpIdRule::Kind::constant:
      return fmt::format("always {:#x}", rule.value);
    case IpIdRule::Kind::incremental:
      return "counted";
    case IpIdRule::Kind::swapped:
      return "counted in the other byte order";
    case IpIdRule::Kind::random_positive:
      return "counted by a thousand or more";
    case IpIdRule::Kind::random:
      return "random";
    case IpIdRule::Kind::by_time:
      return "counted, by more as time passes";
  }
  return "";
}

std::string ids_text(const IpIdRules& rules) {
  const bool is_counted = rules.tcp.kind != IpIdRule::Kind::zero &&
                          rules.tcp.kind != IpIdRule::Kind::constant &&
                          rules.tcp.kind != IpIdRule::Kind::random;
  return fmt::format("{} in connections, {} in resets, {} in ICMP{}", id_text(rules.tcp),
                     id_text(rules.reset), id_text(rules.icmp),
                     is_counted && rules.icmp_shares_tcp ? "; one counter for both" : "");
}

std::string_view start_text(TimestampRule::Start start) {
  switch (start) {
    case TimestampRule::Start::boot:
      return "";
    case TimestampRule::Start::addresses:
      return ", from another value for each visitor";
    case TimestampRule::Start::endpoints:
      return ", from another value for each pair of endpoints";
    case TimestampRule::Start::connection:
      return ", from a new value in each connection";
  }
  return "";
}

std::string clock_text(const TimestampRule& rule, const StackState& stack) {
  const double skew_ppm = stack.clock_skew() * 1e6;
  return fmt::format("{:g} ticks a second, {:.1f} ppm {}{}", rule.ticks_per_second,
                     std::abs(skew_ppm), skew_ppm < 0 ? "slow" : "fast", start_text(rule.start));
}

std::string boot_text(Instant booted, Instant now) {
  const auto since_epoch = std::chrono::duration_cast<seconds>(booted.time_since_epoch()).count();
  return fmt::format(
      "{}{}, {} ago", local_time(since_epoch, "%Y-%m-%d %H:%M:%S"), utc_offset(since_epoch),
      counted(
          static_cast<std::uint64_t>(std::chrono::duration_cast<hours>(now - booted).count() / 24),
          "day"));
}

}  // namespace

std::vector<HostValue> values_of(const HostTemplate& host_template, StackState stack, Instant now) {
  const Personality& personality = *host_template.personality;
  std::vector<HostValue> values;
  values.push_back({"echo replies", personality.echo.answers
                                        ? fmt::format("ttl {}", personality.echo.ttl)
                                        : "none: it does not answer pings"});
  values.push_back({"SYN/ACK", syn_ack_text(personality, stack, now)});
  if (personality.syn.path_mss != 0) values.push_back({"MSS", mss_text(personality.syn.path_mss)});
  values.push_back({"ISN", isn_text(personality.isn, stack, now)});
  values.push_back({"IP IDs", ids_text(personality.ip_ids)});
  values.push_back({"clock", clock_text(personality.timestamps, stack)});
  if (!host_template.uptime) values.push_back({"booted", boot_text(stack.booted(), now)});
  return values;
}

}  // namespace apiary
