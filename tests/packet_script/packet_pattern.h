#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/address.h"
#include "wire/arp.h"

namespace apiary::script {

/// A packet line of a script. Open fields get a default in an injected packet; in an expected one
/// they match anything.

struct IpPattern {
  std::optional<std::uint8_t> ttl, type_of_service;
  std::optional<std::uint16_t> identification;
  std::optional<bool> dont_fragment;
};

/// "mss 1460": a name and its values. Empty optionals are "*".
struct TcpOptionPattern {
  std::string name;  // eol nop mss wscale sackOK sack TS opt bad
  std::vector<std::optional<std::uint32_t>> numbers;
  std::vector<std::uint8_t> raw;  // opt: the whole option; bad: the raw bytes
  bool is_increment = false;      // TS: its first value is added to the last timestamp that we sent
};

struct TcpPattern {
  std::uint8_t flags = 0;
  std::uint32_t sequence = 0;
  std::size_t length = 0;
  std::optional<std::uint32_t> acknowledgment;
  std::optional<std::uint16_t> window, urgent_pointer;
  std::uint8_t reserved = 0;
  bool any_options = false;
  std::vector<TcpOptionPattern> options;
  std::optional<std::string> text;
};

struct UdpPattern {
  std::size_t length = 0;
  std::optional<std::string> text;
  bool no_checksum = false;
};

struct IcmpPattern {
  std::uint8_t type = 0, code = 0;
  std::optional<std::uint32_t> rest;  // for echoes: identifier and sequence
  std::size_t length = 0;
  std::optional<std::string> quote;  // in the notation of describe(), "*" for anything
};

/// Another IP protocol.
struct OtherPattern {
  std::uint8_t protocol = 0;
  std::size_t length = 0;
};

struct ArpPattern {
  ArpOperation operation = ArpOperation::request;
  IpAddress asked;                 // the requested address
  std::optional<IpAddress> asker;  // the sender's address
  std::optional<MacAddress> mac;   // the owner of the address
};

/// A frame as raw bytes, valid or not.
struct RawPattern {
  std::vector<std::uint8_t> bytes;
};

struct PacketPattern {
  std::string flow;  // name of its flow; empty: the script's first
  struct Ends {
    Endpoint source, destination;
  };
  std::optional<Ends> ends;  // addresses instead of a flow
  IpPattern ip;
  std::variant<TcpPattern, UdpPattern, IcmpPattern, OtherPattern, ArpPattern, RawPattern> content;
  std::optional<MacAddress> host_mac;  // MAC address of the host
  bool bad_checksum = false;           // of the transport
  bool bad_ip_checksum = false;        // of the IP header; injected packets only

  /// The most payload bytes of a fragment; 0: not fragmented.
  std::size_t fragment_bytes = 0;
  std::vector<std::size_t> fragment_order;  // counted from 1; empty: all in order
};

}  // namespace apiary::script
