#pragma once

#include <array>
#include <cstdint>

namespace apiary {

/// How the initial sequence numbers of a system follow one another: steps that come round every
/// five numbers, so that any six in a row have the divisor, rate and scatter that Nmap measures.
struct IsnRule {
  enum class Kind : std::uint8_t {
    constant,     // always the same number
    time_driven,  // a clock: the steps below for each tenth of a second, exactly
    scattered,    // a clock that jumps about: time matters, but not so exactly
    random,       // the jumps are so wide that time does not matter
  };
  Kind kind = Kind::random;
  bool noisy = true;                         // steps may be varied a little from round to round
  std::uint32_t divisor = 1;                 // what divides every step (Nmap's GCD)
  std::array<std::uint32_t, 5> quotients{};  // the steps, in divisors
  double rate_per_second = 0;                // mean growth; in numbers, not divisors
};

/// Nmap's measurements of a system's initial sequence numbers. SP and ISR are eight times a binary
/// logarithm: of the scatter of the growth per second, and of its mean.
struct IsnMeasure {
  double sp = 0, isr = 0;
  std::uint32_t gcd = 1;
};

/// The rule whose numbers Nmap measures as `wanted`, or comes as near as five steps below 2^31
/// can.
IsnRule solve_isn_rule(const IsnMeasure& wanted);
/// What Nmap measures of numbers by `rule`, drawn about each tenth of a second: its own clock and
/// the network scatter a little what is regular.
IsnMeasure measure(const IsnRule& rule);

/// How one sequence of IP identifications grows (Nmap's TI, CI and II).
struct IpIdRule {
  enum class Kind : std::uint8_t {
    zero,             // Z
    constant,         // a number in hexadecimal
    incremental,      // I: by one
    swapped,          // BI: by one, in the other byte order
    random_positive,  // RI: by about a thousand
    random,           // RD
  };
  Kind kind = Kind::incremental;
  std::uint16_t value = 0;  // of constant
  bool operator==(const IpIdRule&) const = default;
};

/// Which sequence each kind of packet draws from.
struct IpIdRules {
  IpIdRule tcp, reset, icmp;     // connections; stray segments; echo replies and errors
  bool reset_shares_tcp = true;  // one counter for connections and strays
  bool icmp_shares_tcp = true;   // one counter for connections and ICMP (Nmap's SS=S)
  // When it does not share: Nmap takes a counter that lies far above for another one (SS=O), and
  // one that lies below for the same (SS=S).
  bool icmp_starts_above = false, icmp_starts_below = false;
};

/// A timestamps clock (Nmap's TS).
struct TimestampRule {
  double ticks_per_second = 1000;
  // Every connection starts at its own number, which grows by this much each second; 0: all share
  // one clock.
  double offset_growth_per_second = 0;
};

}  // namespace apiary
