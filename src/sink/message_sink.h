#pragma once

#include "sink/sink.h"
#include "sink/spool.h"

namespace apiary {

/// A sink that sends a message for each event over a network.
///
/// With a spool, messages that it cannot send now wait there, and so do all messages behind them.
/// It sends them in order once the destination accepts messages again, if need be after a restart
/// of the daemon. An event in the spool is written: only a full spool, or a disk that fails, leaves
/// events in the queue of the SinkThread.
class MessageSink : public Sink {
 public:
  WriteResult write(EventPointers events) final;
  Upkeep on_time(Instant now) final;

 protected:
  explicit MessageSink(std::optional<Spool> spool) : spool_(std::move(spool)) {}
  bool has_spool() const { return spool_.has_value(); }

 private:
  /// Appends the message for `event`. It does not depend on the destination, which may have changed
  /// when the message leaves a spool.
  virtual void append_message(std::string& message, const Event& event) = 0;
  /// Sends a whole message. Error: why it was not accepted; it will be sent again, perhaps by
  /// another daemon.
  virtual tl::expected<void, SystemError> send(std::string_view message) = 0;

  tl::expected<void, SystemError> write_message(bool is_late);
  tl::expected<void, SystemError> replay();
  void maintain_spool(Instant now, Upkeep& upkeep);

  std::optional<Spool> spool_;
  std::string message_;                   // a member to reuse its memory
  std::optional<SystemError> trouble_{};  // why messages are in the spool
  std::optional<SystemError> sync_trouble_{};
  Instant last_failure_{},
      last_sync_{};  // of replay() and of the spool's sync(), by the wall clock
};

}  // namespace apiary
