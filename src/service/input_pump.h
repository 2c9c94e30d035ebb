#pragma once

#include "base/byte_queue.h"
#include "service/inbox.h"

namespace apiary {

/// Who is told how the input of a session fares.
class InputListener {
 public:
  /// The visitor's last byte is on its way: the service's input may be closed.
  virtual void on_input_complete() = 0;
  /// The service takes no more. What else is delivered goes nowhere, and counts as consumed, as a
  /// host's kernel takes what nobody reads. `number` is the errno that told.
  virtual void on_input_refused(int number) = 0;

 protected:
  ~InputListener() = default;
};

/// Carries the visitor's bytes into a stream socket, as fast as it takes them.
class InputPump {
 public:
  InputPump(event_base* events, Inbox& inbox, SessionId session, InputListener& listener)
      : events_(events), inbox_(inbox), session_(session), listener_(listener) {}

  /// From now on into `socket`, which is non-blocking and not owned. Until then bytes wait.
  void open(int socket);
  void deliver(Bytes bytes);
  void end();
  /// The service takes no more: as when the socket says so.
  void refuse(int number);
  void close();  ///< drops everything; nothing is reported any more

 private:
  enum class State { waiting, open, refused, closed };

  void on_writable(short);
  void write_pending();
  std::size_t write(Bytes bytes);  // how much the socket took

  event_base* events_;
  Inbox& inbox_;
  SessionId session_;
  InputListener& listener_;
  int socket_ = -1;
  State state_ = State::waiting;
  bool is_ended_ = false;
  ByteQueue pending_;
  LoopEvent writable_;  // made when first needed: most input is taken at once
};

}  // namespace apiary
