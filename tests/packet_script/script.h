/// tests/packet_script/: conversations as texts. A script is read (parse_script), run against the
/// production Engine under a virtual clock (Runner), and fails with both packets as describe()
/// spells them. README.md has the language.
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
  bool relative = true;  // to the step before; else to the start
  Duration earliest{}, latest{};
};

/// Packets from the visitor, and to him.
struct InjectPacket {
  PacketPattern packet;
};
struct ExpectPacket {
  PacketPattern packet;
};
/// Nothing has been sent that no step before expected.
struct ExpectNoReply {};

/// What the service does, and what it is asked to do.
enum class ServiceAct { says, ends, fails };
enum class ServiceAsk { opens, gets, input_ends, closes };

/// Bytes of a conversation: given, or so many of the alphabet over and over, by position.
struct StreamText {
  std::string text;
  std::size_t length = 0;  // used when there is no text
};

struct ServiceDoes {
  std::string flow;
  ServiceAct act = ServiceAct::says;
  StreamText output;
};
struct ServiceIsAsked {
  std::string flow;
  ServiceAsk ask = ServiceAsk::opens;
  StreamText input;     // of gets
  std::string command;  // of opens: what is started; empty for any
};

struct Step {
  std::size_t line = 0;  // counted from 1
  StepTime time;
  std::variant<InjectPacket, ExpectPacket, ExpectNoReply, ServiceDoes, ServiceIsAsked> action;
};

struct NamedFlow {
  std::string name;
  FlowKey key;  // the protocol is not looked at
};

struct Script {
  std::vector<std::string> lines;  // the text, for messages
  std::string configuration;
  std::string fingerprints;  // of our own, in place of Nmap's
  EngineSettings settings;
  std::vector<NamedFlow> flows;
  std::vector<Step> steps;

  const InterfaceSettings& interface() const { return settings.interfaces.front(); }
};

/// Who the visitor is on an Ethernet link, and who we are.
inline constexpr MacAddress visitor_mac{{0x02, 0, 0, 0, 0, 0x01}};
inline constexpr MacAddress our_mac{{0x02, 0, 0, 0, 0, 0xfe}};

}  // namespace apiary::script
