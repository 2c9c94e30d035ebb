#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace apiary {

/// The bytes of request bodies that connections and workers may hold together.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  /// A share of the budget, which the destructor returns. Any thread may use it.
  class Share {
   public:
    Share() = default;
    explicit Share(BodyBudget& budget) : budget_(&budget) {}
    Share(Share&& other) noexcept
        : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Share() {
      if (bytes_ > 0) budget_->held_bytes_ -= bytes_;
    }

    /// Returns false, and changes nothing, if there is no room for `more`.
    bool grow(std::size_t more) {
      if (budget_->held_bytes_ + more > budget_->limit_bytes_) return false;
      budget_->held_bytes_ += more;
      bytes_ += more;
      return true;
    }

   private:
    BodyBudget* budget_ = nullptr;
    std::size_t bytes_ = 0;
  };

 private:
  const std::size_t limit_bytes_;
  std::atomic<std::size_t> held_bytes_ = 0;
};

}  // namespace apiary
