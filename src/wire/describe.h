#pragma once

#include <string>

#include "wire/arp.h"
#include "wire/frame.h"
#include "wire/icmp.h"
#include "wire/ip.h"
#include "wire/tcp.h"

namespace apiary {

/// The parts that describe() includes, and the bases of sequence numbers.
struct DescribeOptions {
  bool ip_attributes = false;     // "(ttl 63, id 7, DF)" after the addresses
  bool check_checksums = true;    // "bad checksum" after a TCP, UDP or ICMP message
  SeqNumber sequence_base;        // subtracted from the sender's TCP sequence numbers
  SeqNumber acknowledgment_base;  // subtracted from the receiver's: acknowledgment, SACK blocks
};

/// A packet in one line, in the notation of packet scripts (tests/packet_script/README.md):
///
///     192.0.2.1:4000 > 10.0.0.5:23: S 1000:1000(0) win 1024 <mss 1460,nop,wscale 7>
///     192.0.2.1 > 10.0.0.5: icmp echo_request id 1 seq 2 (56)
///     10.0.0.1 > 192.0.2.1: icmp time_exceeded [192.0.2.1:4000 > 10.0.0.5:33434: (ttl 1) udp (12)]
///     192.0.2.1 > 10.0.0.5: icmp fragment 1480@0+
///     arp who-has 10.0.0.5 tell 192.0.2.1
///
/// Accepts any bytes: for a packet that does not parse, returns the reason and its first bytes.
std::string describe_frame(Bytes frame, LinkLayer link_layer, const DescribeOptions& options = {});
std::string describe(const IpDatagram& datagram, const DescribeOptions& options = {});
std::string describe(const ArpMessage& message);

/// A segment without its addresses: "S. 0:0(0) ack 1001 win 5840 <mss 1460>".
std::string describe(const TcpSegment& segment, const DescribeOptions& options = {});
/// The flags as letters: S F R P . U E W, "-" if there are none.
std::string describe_tcp_flags(std::uint8_t flags);
/// "mss 1460,nop,wscale 7"; a malformed option as "bad" and its bytes in hexadecimal.
std::string describe_tcp_options(Bytes raw, const DescribeOptions& options = {});
/// "echo_request id 1 seq 2 (56)", "destination_unreachable port [...]".
std::string describe(const IcmpMessage& message);

}  // namespace apiary
