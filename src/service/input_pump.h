#pragma once

#include "base/byte_queue.h"
#include "service/inbox.h"

namespace apiary {

/// Receives what happens to the input of a session.
class InputListener {
 public:
  /// The socket has taken the visitor's last byte: the service's input may be closed.
  virtual void on_input_complete() = 0;
  /// The service reads no more. The pump discards later bytes and counts them as consumed, as a
  /// kernel accepts bytes for a process that reads none. `number` is the errno of the write.
  virtual void on_input_refused(int number) = 0;

 protected:
  ~InputListener() = default;
};

/// Carries the visitor's bytes into a stream socket, as fast as it takes them.
class InputPump {
 public:
  InputPump(event_base* events, Inbox& inbox, SessionId session, InputListener& listener)
      : events_(events), inbox_(inbox), session_(session), listener_(listener) {}

  /// Starts writing into `socket`, which is non-blocking and not owned. Until then, bytes wait.
  void open(int socket);
  void deliver(Bytes bytes);
  void end();
  /// Stops as if a write had shown that the service reads no more.
  void refuse(int number);
  void close();  ///< drops everything and reports nothing more

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
  LoopEvent writable_;  // made when first needed: the process usually takes all input immediately
};

}  // namespace apiary
