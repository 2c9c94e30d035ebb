#pragma once

#include <tsl/robin_map.h>

#include <memory>
#include <string>

#include "service/inbox.h"

namespace apiary {

/// The conversations whose service is BuiltIn: a few words of memory each, so that a million of
/// them can be idle at once. The engine bounds their number.
class BuiltInServices {
 public:
  explicit BuiltInServices(Inbox& inbox) : inbox_(inbox) {}

  /// Whether the command is about a conversation of a built-in service; then it is carried out.
  bool execute(const ServiceCommand& command);
  std::size_t count() const { return conversations_.size(); }

 private:
  struct Conversation {
    BuiltIn kind{};
    bool is_datagram = false, input_ended = false;
    std::uint32_t line = 0;                    // of chargen: the next
    std::size_t allowance_bytes = 0;           // what may still be said
    std::unique_ptr<std::string> unsaid = {};  // of echo: what waits for allowance; null: nothing
  };

  bool open(const OpenSession& open);
  void deliver(SessionId session, Conversation& at, Bytes bytes);
  void grant(SessionId session, Conversation& at, std::size_t bytes);
  void end_input(SessionId session, Conversation& at);
  void echo(SessionId session, Conversation& at, Bytes bytes);
  void say_unsaid(SessionId session, Conversation& at);
  void generate(SessionId session, Conversation& at);
  void answer_datagram(SessionId session, Conversation& at, Bytes bytes);
  std::size_t say(SessionId session, Conversation& at, Bytes bytes);

  Inbox& inbox_;
  tsl::robin_map<SessionId, Conversation> conversations_;
};

}  // namespace apiary
