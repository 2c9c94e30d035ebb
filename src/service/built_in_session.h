#pragma once

#include <memory>
#include <string>

#include "service/session.h"

namespace apiary {

/// A conversation with a service that is built in: a few words of memory, so that a million of them
/// can be idle together.
class BuiltInSession final : public Session {
 public:
  BuiltInSession(Inbox& inbox, const OpenSession& open);

  /// Says what the service says first.
  void start();

  void deliver(Bytes bytes) override;
  void end_input() override;
  void grant(std::size_t bytes) override;

 private:
  void echo(Bytes bytes);
  void say_unsaid();
  void generate();
  void answer_datagram(Bytes bytes);
  std::size_t say(Bytes bytes);

  Inbox& inbox_;
  SessionId session_;
  BuiltIn kind_;
  bool is_datagram_, input_ended_ = false;
  std::uint32_t line_ = 0;               // of chargen: the next
  std::size_t allowance_bytes_;          // what may still be said
  std::unique_ptr<std::string> unsaid_;  // of echo: what waits for allowance; null: nothing
};

}  // namespace apiary
