#pragma once

#include <seccomp.h>

#include <cstdint>
#include <span>
#include <vector>

namespace apiary {

/// The action of a call that fails with an errno.
constexpr std::uint32_t fails_with(int number) {
  return SCMP_ACT_ERRNO(static_cast<std::uint16_t>(number));
}

/// Adds rules to a filter until one fails.
class RuleSet {
 public:
  RuleSet(scmp_filter_ctx context, bool notifies) : context_(context), notifies_(notifies) {}

  /// The watcher decides, or nobody: then the call fails with `number`.
  std::uint32_t reported(int number) const {
    return notifies_ ? SCMP_ACT_NOTIFY : fails_with(number);
  }

  void add(const char* name, std::uint32_t action) {
    const int call = seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR || call < 0) return;
    note(seccomp_rule_add(context_, action, call, 0));
  }
  /// If argument `place` compares so with `value`; of a masked comparison `mask` says which bits.
  void add_if(int call, std::uint32_t action, unsigned place, scmp_compare how, scmp_datum_t value,
              scmp_datum_t mask = 0) {
    const scmp_arg_cmp condition{place, how, how == SCMP_CMP_MASKED_EQ ? mask : value,
                                 how == SCMP_CMP_MASKED_EQ ? value : 0};
    note(seccomp_rule_add_array(context_, action, call, 1, &condition));
  }
  /// If all conditions hold.
  void add_if(int call, std::uint32_t action, const std::vector<scmp_arg_cmp>& conditions) {
    note(seccomp_rule_add_array(context_, action, call, static_cast<unsigned>(conditions.size()),
                                conditions.data()));
  }
  void add_all(std::span<const char* const> names, std::uint32_t action) {
    for (const char* name : names) add(name, action);
  }
  int error() const { return error_; }  // an errno; 0: none

 private:
  void note(int result) {
    if (result < 0 && error_ == 0) error_ = -result;
  }

  scmp_filter_ctx context_;
  bool notifies_;
  int error_ = 0;
};

}  // namespace apiary
