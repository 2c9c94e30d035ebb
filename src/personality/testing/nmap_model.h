#pragma once

// For tests only: Nmap's measurement of a personality, by the published rules of its second
// generation of system detection (nmap.org/book/osdetect-methods.html), without a network.

#include <array>
#include <map>
#include <string>
#include <vector>

#include "personality/fingerprint.h"
#include "personality/reply.h"

namespace apiary::nmap_model {

using Attributes = std::map<std::string, std::string, std::less<>>;

struct Observation {
  std::array<Attributes, nmap_test_count> tests;
  Attributes& operator[](NmapTest test) { return tests[static_cast<std::size_t>(test)]; }
  const Attributes& operator[](NmapTest test) const {
    return tests[static_cast<std::size_t>(test)];
  }
};

/// Sends Nmap's sixteen probes to a host with one open and one closed port.
Observation observe(const Personality& personality, std::uint64_t host_hash, Instant start);

/// Attributes in both that the fingerprint does not accept: "T5.W: 0 is not 400|800".
std::vector<std::string> disagreements(const Fingerprint& fingerprint,
                                       const Observation& observation);

/// Nmap's class of a sequence of IP IDs; empty if it has none.
std::string ip_id_class(const std::vector<std::uint16_t>& ids);

struct IsnSample {
  std::uint32_t isn = 0;
  double sent_seconds = 0;
};
/// SP, GCD and ISR.
Attributes measure_isns(const std::vector<IsnSample>& samples);

/// A number as Nmap prints it.
std::string hexadecimal(std::uint64_t value);

/// The options in Nmap's notation.
std::string option_string(Bytes options);

/// The bytes of options in Nmap's notation; timestamps are 0xffffffff and 0.
TcpOptionBytes options_from(std::string_view spelling);

}  // namespace apiary::nmap_model
