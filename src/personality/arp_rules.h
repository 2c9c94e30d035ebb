#pragma once

#include <cstdint>

namespace apiary {

struct Fingerprint;

/// Which unusual ARP requests for its address a system answers. Nmap does not test it; it follows
/// the system's family and version.
struct ArpRules {
  enum class Hardware : std::uint8_t { ethernet, or_ieee_802, any };
  // Requests from 127.0.0.0/8, from 0.0.0.0 (a probe, RFC 5227), from the broadcast address, or
  // from another network than the link's.
  bool from_loopback = false, from_nowhere = true, from_broadcast = false, from_afar = true;
  Hardware hardware = Hardware::or_ieee_802;
  bool any_protocol = false,
       any_lengths = false;  // instead of IPv4 with addresses of 6 and 4 bytes
  // Replies to a group address, if the request has one as its source.
  bool to_group = true;
  // Defends its address when another machine claims it (RFC 5227 section 2.4).
  bool defends = false;
  // Probes neighbours that it exchanges packets with (RFC 4861 section 7.3).
  bool verifies_neighbours = false;
};

ArpRules compile_arp(const Fingerprint& fingerprint);

}  // namespace apiary
