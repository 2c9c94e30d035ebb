#include "personality/retransmission.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace apiary {
namespace {

// Linux (tcp_synack_retries, tcp_syn_retries, tcp_retries2 in ip-sysctl): the first wait was 3 s
// until 2011 (RFC 6298, Linux 3.1).
constexpr RetransmissionRule linux_since_3_1 = {.syn_retries = 6, .syn_lifetime = seconds{127}};
constexpr RetransmissionRule linux_before = {.syn_ack_first = seconds{3},
                                             .syn_ack_lifetime = seconds{189}};

constexpr RetransmissionRule with_wheel(RetransmissionRule rule) {
  rule.timer = TimerKind::linux_wheel;
  return rule;
}
constexpr RetransmissionRule linux_since_4_8 = with_wheel(linux_since_3_1);

// Windows: TcpInitialRTT, TcpMaxConnectResponseRetransmissions, TcpMaxDataRetransmissions in
// Microsoft's documentation; JA4TScan of Windows 2003 (2-7, whole seconds)
// and 10 (1-2-4-8-R6). Versions up to
// 2003 forget a half-open connection in silence.
constexpr RetransmissionRule windows_nt4 = {.syn_ack_first = seconds{3},
                                            .syn_ack_retries = 3,
                                            .syn_ack_lifetime = seconds{45},
                                            .least = milliseconds{300},
                                            .most = seconds{240},
                                            .data_retries = 5,
                                            .resets_unanswered = true,
                                            .timer = TimerKind::coarse};
constexpr RetransmissionRule windows_2000 = {.syn_ack_first = seconds{3},
                                             .syn_ack_retries = 2,
                                             .syn_ack_lifetime = seconds{21},
                                             .least = milliseconds{300},
                                             .most = seconds{240},
                                             .data_retries = 5,
                                             .resets_unanswered = true,
                                             .timer = TimerKind::coarse};
constexpr RetransmissionRule windows_2003 = {.syn_ack_first = milliseconds{2400},
                                             .syn_ack_second = milliseconds{6800},
                                             .syn_ack_retries = 2,
                                             .syn_ack_lifetime = seconds{21},
                                             .least = milliseconds{300},
                                             .most = seconds{240},
                                             .data_retries = 5,
                                             .resets_unanswered = true,
                                             .timer = TimerKind::coarse};
constexpr RetransmissionRule windows_vista = {.syn_ack_first = seconds{3},
                                              .syn_ack_retries = 2,
                                              .syn_ack_lifetime = seconds{21},
                                              .resets_half_open = true,
                                              .least = milliseconds{300},
                                              .most = seconds{60},
                                              .data_retries = 5,
                                              .resets_unanswered = true,
                                              .timer = TimerKind::coarse};
constexpr RetransmissionRule windows_10 = {.syn_ack_first = seconds{1},
                                           .syn_ack_retries = 4,
                                           .syn_ack_lifetime = seconds{21},
                                           .resets_half_open = true,
                                           .least = milliseconds{300},
                                           .most = seconds{60},
                                           .data_retries = 5,
                                           .resets_unanswered = true,
                                           .timer = TimerKind::coarse};

// BSD. Older ones give up after 75 s (TCPTV_KEEP_INIT), whatever the intervals. FreeBSD's SYN cache
// gives up after three retransmissions (SYNCACHE_MAXREXMTS), starting at 1 s since 13
// (net.inet.tcp.rexmit_initial). Data is sent up to twelve times (TCP_MAXRXTSHIFT).
constexpr RetransmissionRule bsd = {.syn_ack_first = seconds{3},
                                    .syn_ack_retries = 4,
                                    .syn_ack_lifetime = seconds{75},
                                    .least = seconds{1},
                                    .most = seconds{64},
                                    .data_retries = 12,
                                    .resets_unanswered = true,
                                    .timer = TimerKind::half_seconds};
constexpr RetransmissionRule freebsd = {.syn_ack_first = seconds{3},
                                        .syn_ack_retries = 3,
                                        .syn_ack_lifetime = seconds{45},
                                        .syn_retries = 4,
                                        .syn_lifetime = seconds{75},
                                        .least = milliseconds{230},
                                        .most = seconds{64},
                                        .data_retries = 12,
                                        .resets_unanswered = true,
                                        .timer = TimerKind::coarse};
constexpr RetransmissionRule freebsd_13 = {.syn_ack_first = seconds{1},
                                           .syn_ack_retries = 3,
                                           .syn_ack_lifetime = seconds{15},
                                           .syn_retries = 6,
                                           .syn_lifetime = seconds{75},
                                           .least = milliseconds{230},
                                           .most = seconds{64},
                                           .data_retries = 12,
                                           .resets_unanswered = true,
                                           .timer = TimerKind::coarse};
// JA4TScan of Mac OS X and iOS: 1-2-4-8-16-32-12; the last is at the end of 75 s.
constexpr RetransmissionRule darwin = {.syn_ack_first = seconds{1},
                                       .syn_ack_last = seconds{12},
                                       .syn_ack_retries = 7,
                                       .syn_ack_lifetime = milliseconds{75'500},
                                       .least = milliseconds{230},
                                       .most = seconds{64},
                                       .data_retries = 12,
                                       .resets_unanswered = true,
                                       .timer = TimerKind::coarse};

// Solaris Tunable Parameters Reference: tcp_rexmit_interval_initial of 3 s (1 s in 11), which its
// first estimate turns into 3.375 s; tcp_rexmit_interval_min and _max; tcp_ip_abort_linterval of
// 180 s; tcp_ip_abort_interval of 8 minutes.
constexpr RetransmissionRule solaris = {.syn_ack_first = milliseconds{3375},
                                        .syn_ack_retries = 6,
                                        .syn_ack_lifetime = seconds{180},
                                        .resets_half_open = true,
                                        .least = milliseconds{400},
                                        .most = seconds{60},
                                        .data_retries = 13,
                                        .resets_unanswered = true,
                                        .timer = TimerKind::coarse};
constexpr RetransmissionRule solaris_11 = {.syn_ack_first = milliseconds{1125},
                                           .syn_ack_retries = 7,
                                           .syn_ack_lifetime = seconds{180},
                                           .resets_half_open = true,
                                           .least = milliseconds{200},
                                           .most = seconds{60},
                                           .data_retries = 13,
                                           .resets_unanswered = true,
                                           .timer = TimerKind::coarse};

// Cisco IOS: `show tcp` of a new connection has a time-out (RTTO) of 2 s; `ip tcp synwait-time` is
// 30 s.
constexpr RetransmissionRule ios = {.syn_ack_first = seconds{2},
                                    .syn_ack_retries = 3,
                                    .syn_ack_lifetime = seconds{30},
                                    .resets_half_open = true,
                                    .least = milliseconds{300},
                                    .most = seconds{60},
                                    .data_retries = 12,
                                    .resets_unanswered = true,
                                    .timer = TimerKind::coarse};

// lwIP's defaults: LWIP_TCP_RTO_TIME, TCP_SYN_RCVD_TIMEOUT, TCP_MAXRTX.
constexpr RetransmissionRule lwip = {.syn_ack_first = seconds{3},
                                     .syn_ack_retries = 2,
                                     .syn_ack_lifetime = seconds{20},
                                     .least = milliseconds{1500},
                                     .most = seconds{60},
                                     .data_retries = 12,
                                     .resets_unanswered = true,
                                     .timer = TimerKind::half_seconds};

// JA4TScan of HP iLO: 3-6-12-24-48-60-60-60-60-60.
constexpr RetransmissionRule ilo = {.syn_ack_first = seconds{3},
                                    .syn_ack_retries = 10,
                                    .syn_ack_lifetime = seconds{453},
                                    .least = seconds{1},
                                    .most = seconds{60},
                                    .data_retries = 12,
                                    .timer = TimerKind::coarse};

// JA4TScan of F5's BIG-IP: 3-6-12.
constexpr RetransmissionRule f5 = {.syn_ack_first = seconds{3},
                                   .syn_ack_retries = 3,
                                   .syn_ack_lifetime = seconds{45},
                                   .least = seconds{1},
                                   .most = seconds{60},
                                   .data_retries = 8,
                                   .resets_unanswered = true,
                                   .timer = TimerKind::coarse};

// For appliances without vendor documentation: most contain a BSD of the nineties.
constexpr RetransmissionRule embedded = bsd;

constexpr double any = std::numeric_limits<double>::infinity();

/// Systems of `family` with a version below `before`.
struct Row {
  std::string_view family;
  double before;
  const RetransmissionRule* rule;
};

// The first matching row of a family counts.
constexpr std::array rows = {
    Row{"Linux", 3, &linux_before},
    Row{"Linux", 4, &linux_since_3_1},
    Row{"Linux", any, &linux_since_4_8},
    Row{"Android", 4, &linux_before},  // its Linux was 2.6 until then
    Row{"Android", 8, &linux_since_3_1},
    Row{"Android", any, &linux_since_4_8},
    Row{"FreeBSD", 13, &freebsd},
    Row{"FreeBSD", any, &freebsd_13},
    Row{"FreeNAS", any, &freebsd},
    Row{"DragonFly BSD", any, &freebsd},
    Row{"JUNOS", any, &freebsd},
    Row{"NetBSD", any, &bsd},
    Row{"OpenBSD", any, &bsd},
    Row{"BSD/OS", any, &bsd},
    Row{"AIX", any, &bsd},
    Row{"Tru64 UNIX", any, &bsd},
    Row{"IRIX", any, &bsd},
    Row{"VxWorks", any, &bsd},
    Row{"Mac OS X", any, &darwin},
    Row{"OS X", any, &darwin},
    Row{"macOS", any, &darwin},
    Row{"iOS", any, &darwin},
    Row{"iPhone OS", any, &darwin},
    // "10" and "11" are the last releases; SunOS 5.x and Solaris 2.x are the same.
    Row{"Solaris", 11, &solaris},
    Row{"Solaris", any, &solaris_11},
    Row{"SunOS", any, &solaris},
    Row{"IOS", any, &ios},
    Row{"lwIP", any, &lwip},
    Row{"iLO", any, &ilo},
    Row{"TMOS", any, &f5},
    Row{"embedded", any, &embedded},
};

struct WindowsRow {
  std::string_view generation;
  const RetransmissionRule* rule;
};
// Others are like 2000.
constexpr std::array windows_rows = {
    WindowsRow{"2003", &windows_2003},   WindowsRow{"3.X", &windows_nt4},
    WindowsRow{"95", &windows_nt4},      WindowsRow{"98", &windows_nt4},
    WindowsRow{"Me", &windows_nt4},      WindowsRow{"NT", &windows_nt4},
    WindowsRow{"Vista", &windows_vista}, WindowsRow{"Longhorn", &windows_vista},
    WindowsRow{"2008", &windows_vista},  WindowsRow{"7", &windows_vista},
    WindowsRow{"8", &windows_vista},     WindowsRow{"8.1", &windows_vista},
    WindowsRow{"2012", &windows_vista},  WindowsRow{"Phone", &windows_vista},
    WindowsRow{"10", &windows_10},       WindowsRow{"11", &windows_10},
    WindowsRow{"2016", &windows_10},     WindowsRow{"2019", &windows_10},
    WindowsRow{"2022", &windows_10},
};

/// The number that `generation` begins with: 2.6 of "2.6.X"; the highest possible if there is none.
double version_of(std::string_view generation) {
  double version = any;
  std::from_chars(generation.data(), generation.data() + generation.size(), version);
  return version;
}

}  // namespace

Duration syn_ack_wait(const RetransmissionRule& rule, int retransmissions) {
  const auto interval = [&rule](int i) -> Duration {
    if (i == rule.syn_ack_retries - 1 && rule.syn_ack_last != Duration{}) return rule.syn_ack_last;
    if (i == 1 && rule.syn_ack_second != Duration{}) return rule.syn_ack_second;
    return std::min(rule.syn_ack_first * (std::int64_t{1} << std::min(i, 10)), rule.most);
  };
  if (retransmissions < rule.syn_ack_retries) return interval(retransmissions);
  Duration waited{};
  for (int i = 0; i < rule.syn_ack_retries; ++i) waited += interval(i);
  return std::max<Duration>(rule.syn_ack_lifetime - waited, milliseconds{1});
}

Duration syn_ack_wait(const RetransmissionRule& rule, int retransmissions, std::uint32_t chance) {
  const Duration wait = syn_ack_wait(rule, retransmissions);
  return wait + timer_error(rule.timer, wait, chance + static_cast<std::uint32_t>(retransmissions));
}

RetransmissionRule for_own_syn(RetransmissionRule rule) {
  if (rule.syn_retries == 0) return rule;
  rule.syn_ack_retries = rule.syn_retries;
  rule.syn_ack_lifetime = rule.syn_lifetime;
  return rule;
}

RetransmissionRule retransmission_of(std::string_view family, std::string_view generation) {
  if (family.starts_with("Windows")) {
    const auto* found = std::ranges::find(windows_rows, generation, &WindowsRow::generation);
    return found == windows_rows.end() ? windows_2000 : *found->rule;
  }
  const double version = version_of(generation);
  for (const Row& row : rows)
    if (row.family == family && (version < row.before || row.before == any)) return *row.rule;
  return linux_since_3_1;
}

}  // namespace apiary
