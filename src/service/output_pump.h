#pragma once

#include <cstdint>

#include "service/inbox.h"

namespace apiary {

/// Receives what happens to the output of a session.
class OutputListener {
 public:
  /// The output has ended. `number` is 0 at its end, otherwise the errno of the read.
  virtual void on_output_end(int number) = 0;
  /// The service has more output than its limit; what was within it has been sent.
  virtual void on_output_limit() {}

 protected:
  ~OutputListener() = default;
};

/// Carries the output of a service to the engine, at most its allowance. More stays in the socket;
/// once that is full, the service blocks.
class OutputPump {
 public:
  enum class Kind {
    stream,    // ends when the other side closes it
    messages,  // SOCK_SEQPACKET: the same, but each write is one datagram
    datagrams  // never ends
  };

  OutputPump(event_base* events, Inbox& inbox, SessionId session, std::size_t allowance_bytes,
             OutputListener& listener)
      : events_(events),
        inbox_(inbox),
        session_(session),
        allowance_bytes_(allowance_bytes),
        listener_(listener) {}

  static constexpr std::uint64_t no_limit = UINT64_MAX;

  /// Reads from `socket`, which is not owned, from now on, at most `limit_bytes`.
  void open(int socket, Kind kind, std::uint64_t limit_bytes = no_limit);
  void grant(std::size_t bytes);
  void close();  ///< nothing is reported any more
  bool is_open() const { return readable_ != nullptr; }

 private:
  void on_readable(short);
  bool fits_next_message() const;
  bool is_hung_up() const;
  void pause() { event_del(readable_.get()); }

  event_base* events_;
  Inbox& inbox_;
  SessionId session_;
  std::size_t allowance_bytes_;
  OutputListener& listener_;
  int socket_ = -1;
  Kind kind_ = Kind::stream;
  std::uint64_t rest_bytes_ = no_limit;  // of the limit
  LoopEvent readable_;                   // waited for only while there is allowance
};

}  // namespace apiary
