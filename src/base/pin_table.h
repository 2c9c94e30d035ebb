#pragma once

#include <tsl/robin_map.h>

#include <cassert>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "base/random.h"

namespace apiary {

template <class Object>
class PinTable;

/// Counts the users of an object. Stays at its place in the table.
template <class Object>
struct Pin {
  std::shared_ptr<const Object> object;  // null: the place is free
  PinTable<Object>* table = nullptr;
  std::uint32_t index = 0;
  std::uint32_t users = 0;
  bool is_retired = false;
};

/// Keeps an object of a PinTable alive. Eight bytes, and no atomic operation.
template <class Object>
class Pinned {
 public:
  Pinned() = default;
  explicit Pinned(Pin<Object>& pin) : pin_(&pin) {}
  Pinned(Pinned&& other) noexcept : pin_(std::exchange(other.pin_, nullptr)) {}
  Pinned& operator=(Pinned&& other) noexcept {
    std::swap(pin_, other.pin_);
    return *this;
  }
  ~Pinned() {
    if (pin_ != nullptr) pin_->table->remove_user(*pin_);
  }

  const Object* get() const { return pin_->object.get(); }
  const Object& operator*() const { return *pin_->object; }
  const Object* operator->() const { return get(); }
  /// Valid until the table's next take_released() after the last user has gone.
  const std::shared_ptr<const Object>& shared() const { return pin_->object; }

 private:
  Pin<Object>* pin_ = nullptr;
};

/// Keeps immutable objects that several threads share alive for many users on one thread. It copies
/// the shared_ptr of an object once and counts the users itself, so that threads do not contend for
/// the reference count.
///
/// retire() follows when other objects replace them all. A retired object without users is
/// released: take_released() gives its shared_ptr to the caller, who destroys it where that may
/// take time. Until then, pointers and views into it stay valid.
template <class Object>
class PinTable {
 public:
  using Pointer = std::shared_ptr<const Object>;

  PinTable() = default;
  PinTable(const PinTable&) = delete;
  PinTable& operator=(const PinTable&) = delete;

  Pinned<Object> pin(const Pointer& object) { return Pinned<Object>(add_user(object)); }

  // For users that keep the index of a Pin.
  Pin<Object>& add_user(const Pointer& object) {
    const auto found = pins_by_object_.find(object.get());
    Pin<Object>& pin = found != pins_by_object_.end() ? *found->second : add(object);
    ++pin.users;
    return pin;
  }
  void remove_user(Pin<Object>& pin) {
    assert(pin.users > 0);
    if (--pin.users == 0 && pin.is_retired) unused_.push_back(&pin);
  }
  Pin<Object>& at(std::uint32_t index) { return pins_[index]; }
  const Pin<Object>& at(std::uint32_t index) const { return pins_[index]; }

  /// Releases each of the objects known so far as soon as it has no user.
  void retire() {
    for (Pin<Object>& pin : pins_) {
      if (pin.object == nullptr || pin.is_retired) continue;
      pin.is_retired = true;
      if (pin.users == 0) unused_.push_back(&pin);
    }
  }
  /// Whether take_released() may have something.
  bool has_unused() const { return !unused_.empty(); }
  /// Moves the released objects to the end of `released`.
  void take_released(std::vector<std::shared_ptr<const void>>& released) {
    for (Pin<Object>* const pin : std::exchange(unused_, {})) {
      if (pin->users > 0 || pin->object == nullptr) continue;  // used again, or listed twice
      pins_by_object_.erase(pin->object.get());
      released.push_back(std::move(pin->object));
      pin->object = nullptr;
      free_.push_back(pin->index);
    }
  }

  /// Objects that are kept alive.
  std::size_t size() const { return pins_by_object_.size(); }

 private:
  struct PointerHash {
    std::size_t operator()(const Object* object) const noexcept {
      return mix_bits(reinterpret_cast<std::uintptr_t>(object));
    }
  };

  Pin<Object>& add(const Pointer& object) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(pins_.size()));
      pins_.emplace_back();
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    pins_[index] = {.object = object, .table = this, .index = index};
    pins_by_object_.insert({object.get(), &pins_[index]});
    return pins_[index];
  }

  std::deque<Pin<Object>> pins_;
  std::vector<std::uint32_t> free_;
  tsl::robin_map<const Object*, Pin<Object>*, PointerHash> pins_by_object_;
  std::vector<Pin<Object>*> unused_;  // retired, without users when they were added
};

}  // namespace apiary
