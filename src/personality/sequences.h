#pragma once

#include <array>
#include <cstdint>

#include "personality/match_expression.h"

namespace apiary {

/// Bounds of the mean or the standard deviation of five steps, in divisors.
struct StepRange {
  float low = 0, high = 0;
  bool contains(double value) const { return value >= low && value <= high; }
};

/// The largest step between two initial sequence numbers: a larger one looks like one backwards.
inline constexpr std::uint32_t max_isn_step = 0x7fff'ffff;

/// How the initial sequence numbers of a system grow. Of five steps, any six numbers in a row have
/// the divisor, rate and scatter that Nmap measures: noisy systems draw others that it measures
/// alike (IsnSeries), the rest repeat them.
struct IsnRule {
  enum class Kind : std::uint8_t {
    constant,     // always the same number
    time_driven,  // a clock: exactly the steps below per tenth of a second
    scattered,    // a noisy clock: depends on time, but less exactly
    random,       // steps so large that time does not matter
  };
  Kind kind = Kind::random;
  bool noisy = true;        // steps vary
  bool is_uniform = false;  // of numbers that are drawn from all
  // If uniform: a hash of addresses and ports, and a clock of these ticks (RFC 6528), so that the
  // numbers of a pair of endpoints grow; 0: no clock.
  std::uint16_t tick_nanoseconds = 0;
  std::uint32_t divisor = 1;                 // common divisor of all steps (Nmap's GCD)
  std::array<std::uint32_t, 5> quotients{};  // the steps, in divisors
  double rate_per_second = 0;                // mean growth, in sequence numbers
  StepRange mean{}, deviation{};             // of noisy ones: any five steps in a row
};

/// Nmap's measurements of a system's initial sequence numbers. SP is eight times the binary
/// logarithm of the standard deviation of the growth per second; ISR that of its mean.
struct IsnMeasure {
  double sp = 0, isr = 0;
  std::uint32_t gcd = 1;
};

/// The mean of five steps, and their sample standard deviation from it, in the unit of the steps.
double mean_of(const std::array<std::uint32_t, 5>& steps);
double deviation_of(const std::array<std::uint32_t, 5>& steps, double mean);

/// Lets five steps of the rule have what Nmap measures as an SP and an ISR in these ranges.
void accept_measures(IsnRule& rule, const NumberRange& sp, const NumberRange& isr);

/// The rule whose numbers Nmap measures as `wanted`, or as near as five steps below 2^31 permit.
IsnRule solve_isn_rule(const IsnMeasure& wanted);
/// Nmap's measurement of numbers by `rule`, drawn about every tenth of a second. Nmap's clock and
/// the network add a little scatter.
IsnMeasure measure(const IsnRule& rule);

/// How one sequence of IP identifications grows (Nmap's TI, CI and II).
struct IpIdRule {
  enum class Kind : std::uint8_t {
    zero,             // Z
    constant,         // a hexadecimal number
    incremental,      // I: by one
    swapped,          // BI: by one, in the other byte order
    random_positive,  // RI: by about a thousand
    random,           // RD
    by_time,          // I: by one, and up to as many as ticks have passed (Linux since 3.16)
  };
  Kind kind = Kind::incremental;
  std::uint16_t value = 0;  // for `constant`
  bool operator==(const IpIdRule&) const = default;
};

/// Which sequence each kind of packet draws from.
struct IpIdRules {
  IpIdRule tcp, reset, icmp;     // connections; stray segments; echo replies and errors
  bool reset_shares_tcp = true;  // one counter for connections and strays
  bool icmp_shares_tcp = true;   // one counter for connections and ICMP (Nmap's SS=S)
  // If ICMP does not share it: Nmap takes a counter far above for a separate one (SS=O), and one
  // below for the same (SS=S).
  bool icmp_starts_above = false, icmp_starts_below = false;
};

/// A timestamp clock (Nmap's TS).
struct TimestampRule {
  /// What a connection adds to the clock (RFC 7323 section 5.4).
  enum class Start : std::uint8_t {
    boot,        // nothing: all peers see when the system started
    addresses,   // a hash of both addresses (Linux since 4.11)
    endpoints,   // a hash of addresses and ports (FreeBSD since 12, Linux since 2026)
    connection,  // a random number (OpenBSD, Apple since 2020)
  };
  double ticks_per_second = 1000;
  Start start = Start::boot;
  // Within a series for Nmap, the starts of connections grow by this much per second, as its
  // measure of random ones varies too much for some fingerprints; 0: they do not.
  double series_growth_per_second = 0;
};

}  // namespace apiary
