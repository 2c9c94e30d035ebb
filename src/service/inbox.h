#pragma once

#include <array>
#include <span>
#include <utility>
#include <vector>

#include "base/byte_arena.h"
#include "service/loop_event.h"
#include "session/session.h"

namespace apiary {

/// Collects messages for the engine until it takes them.
class Inbox {
 public:
  explicit Inbox(event_base* events);

  void output(SessionId session, Bytes bytes);
  /// The same without a copy: space for at most `most` bytes, and then output of its first `count`.
  /// REQUIRES: no other call between the two; most > 0.
  std::span<std::uint8_t> output_space(std::size_t most);
  void output_in_space(SessionId session, std::size_t count);
  void consumed(SessionId session, std::size_t bytes);
  void ended(SessionId session);
  void failed(SessionId session);
  /// A closed session sends nothing more.
  void finished(SessionId session) { finished_.push_back(session); }
  /// Removes the pending messages of `session`.
  void forget(SessionId session) { forgotten_.push_back(session.value); }

  /// Whether services must not be read until the engine has taken the messages.
  bool is_full() const { return output_bytes_ >= full_bytes; }
  /// Sessions that failed since the last call.
  std::vector<SessionId> take_failed() { return std::exchange(failed_, {}); }
  /// Sessions that finished since the last call.
  std::vector<SessionId> take_finished() { return std::exchange(finished_, {}); }
  /// Everything there; valid until the next call.
  std::span<const ServiceMessage> take();

  /// Scratch space for reads, shared by all sessions: its bytes are valid until the next read.
  std::span<std::uint8_t> scratch() { return scratch_; }

 private:
  void add(const ServiceMessage& message);
  void add_output(SessionId session, Bytes kept);
  /// The last message, if it is a `Message` of `session`; else nullptr. The caller extends it by
  /// what continues it, so that the engine handles it once.
  template <class Message>
  Message* last_message(SessionId session) {
    auto& messages = batches_[filling_].messages;
    auto* const last = messages.empty() ? nullptr : std::get_if<Message>(&messages.back());
    return last != nullptr && last->session == session ? last : nullptr;
  }
  void wake_up(short) {}

  static constexpr std::size_t full_bytes = std::size_t{4} << 20;
  static constexpr std::size_t least_space_bytes = 16'384;
  struct Batch {
    std::vector<ServiceMessage> messages;
    ByteArena bytes;
  };
  std::array<Batch, 2> batches_;  // one is filled while the other is read
  std::size_t filling_ = 0;
  std::size_t output_bytes_ = 0;
  std::vector<SessionId> failed_, finished_;
  std::vector<std::uint64_t> forgotten_;
  std::array<std::uint8_t, 65536> scratch_;
  LoopEvent wake_up_;
};

}  // namespace apiary
