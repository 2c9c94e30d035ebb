/// tests/packet_script/: conversations as texts. parse_script() parses a script, and Runner runs it
/// against the production Engine with a virtual clock. A failure shows both packets in the notation
/// of describe(). README.md describes the language.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "engine/engine.h"
#include "packet_pattern.h"

namespace apiary::script {

/// "+0.020", "1.5", "+0.9~+1.1" or "*".
struct StepTime {
  bool relative = true;  // to the previous step; else to the start
  Duration earliest{}, latest{};
};

/// Packets from and to the visitor.
struct InjectPacket {
  PacketPattern packet;
};
struct ExpectPacket {
  PacketPattern packet;
};
/// Every sent packet was expected by an earlier step.
struct ExpectNoReply {};
/// That many packets have been dropped for this reason since the start.
struct ExpectDropped {
  DropReason reason{};
  std::uint64_t count = 0;
};

/// Actions of the service, and requests to it.
enum class ServiceAct { connects, says, ends, fails };
enum class ServiceAsk { opens, gets, input_ends, closes, connect_fails };

/// Bytes of a conversation: given, or this many of the repeated alphabet, by position.
struct StreamText {
  std::string text;
  std::size_t length = 0;  // used when there is no text
};

struct ServiceDoes {
  std::string flow;
  ServiceAct act = ServiceAct::says;
  StreamText output;                      // for `says`
  IpProtocol protocol = IpProtocol::tcp;  // for `connects`
};
struct ServiceIsAsked {
  std::string flow;
  ServiceAsk ask = ServiceAsk::opens;
  StreamText input;  // for `gets`
  // For `opens`, the command; empty: any. For `connect_fails`, why.
  std::string command{};
};

struct Step {
  std::size_t line = 0;  // counted from 1
  StepTime time;
  std::variant<InjectPacket, ExpectPacket, ExpectNoReply, ExpectDropped, ServiceDoes,
               ServiceIsAsked>
      action;
};

struct NamedFlow {
  std::string name;
  FlowKey key;  // the protocol is ignored
};

struct Script {
  std::vector<std::string> lines;  // the text, for messages
  std::string configuration;
  std::string fingerprints;  // used instead of Nmap's
  EngineSettings settings;
  std::vector<NamedFlow> flows;
  std::vector<Step> steps;

  const InterfaceSettings& interface() const { return settings.interfaces.front(); }
};

/// The MAC addresses of the visitor and of us on an Ethernet link.
inline constexpr MacAddress visitor_mac{{0x02, 0, 0, 0, 0, 0x01}};
inline constexpr MacAddress our_mac{{0x02, 0, 0, 0, 0, 0xfe}};

}  // namespace apiary::script
