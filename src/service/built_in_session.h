#pragma once

#include <memory>
#include <string>

#include "service/session.h"

namespace apiary {

/// A conversation with a built-in service. It takes a few words of memory, so that a million can be
/// idle together.
class BuiltInSession final : public Session {
 public:
  BuiltInSession(Inbox& inbox, const OpenSession& open);

  /// Sends what the service sends first.
  void start();

  void deliver(Bytes bytes) override;
  void end_input() override;
  void grant(std::size_t bytes) override;

 private:
  void echo(Bytes bytes);
  void send_unsent();
  void generate();
  void answer_datagram(Bytes bytes);
  std::size_t say(Bytes bytes);

  Inbox& inbox_;
  SessionId session_;
  BuiltIn kind_;
  bool is_datagram_, input_ended_ = false;
  std::uint32_t line_ = 0;       // chargen: number of the next line
  std::size_t allowance_bytes_;  // what the session may still send
  // chargen: the rest of its first allowance, which it uses as the visitor acknowledges.
  std::size_t unused_allowance_bytes_ = 0;
  std::unique_ptr<std::string> unsent_;  // echo: bytes that wait for allowance; null: none
};

}  // namespace apiary
