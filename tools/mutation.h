// What tools/mutate compiles into mutated sources. Each mutant has a number; APIARY_MUTANT chooses
// the one that is active, and the program behaves as written if there is none. APIARY_MUTANTS_SEEN
// names a file that gets one byte for each number when the program ends: reached, impossible or
// neither.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <type_traits>

namespace mutation {

constexpr unsigned char reached = 1,
                        impossible = 2;  // impossible: the changed expression does not compile
// By number: a thousand for each file. A larger one would be written beyond the end, and its mutant
// count as not reached.
constexpr int number_count = 1 << 17;
inline unsigned char seen[number_count];

inline const int active = [] {
  const char* const number = std::getenv("APIARY_MUTANT");
  return number ? std::atoi(number) : -1;
}();

inline struct Report {
  ~Report() {
    const char* const path = std::getenv("APIARY_MUTANTS_SEEN");
    std::FILE* const file = path ? std::fopen(path, "wb") : nullptr;
    if (file == nullptr) return;
    std::fwrite(seen, 1, sizeof seen, file);
    std::fclose(file);
  }
} report;

template <int n>
bool on() {
  static_assert(n < number_count);
  seen[n] |= reached;
  return active == n;
}

/// Whether to execute a statement.
template <int n>
bool keep() {
  return !on<n>();
}

/// A condition; the mutant negates it.
template <int n, class T>
bool flip(const T& value) {
  return on<n>() != static_cast<bool>(value);
}

/// A constant; the mutant adds 1, or doubles a duration.
template <int n, class T>
T next(const T& value) {
  if (!on<n>()) return value;
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(value + 1);
  else
    return value + value;
}

#define MUTATION_OPERATOR(name, op, other)                                  \
  template <int n, class A, class B>                                        \
  auto name(const A& a, const B& b) {                                       \
    if constexpr (requires { static_cast<decltype(a op b)>(a other b); }) { \
      if (on<n>()) return static_cast<decltype(a op b)>(a other b);         \
    } else {                                                                \
      seen[n] |= impossible;                                                \
    }                                                                       \
    return a op b;                                                          \
  }
MUTATION_OPERATOR(less, <, <=)
MUTATION_OPERATOR(less_equal, <=, <)
MUTATION_OPERATOR(greater, >, >=)
MUTATION_OPERATOR(greater_equal, >=, >)
MUTATION_OPERATOR(equal, ==, !=)
MUTATION_OPERATOR(not_equal, !=, ==)
MUTATION_OPERATOR(plus, +, -)
MUTATION_OPERATOR(minus, -, +)
MUTATION_OPERATOR(times, *, /)
MUTATION_OPERATOR(divide, /, *)
MUTATION_OPERATOR(modulo, %, *)
MUTATION_OPERATOR(shift_left, <<, >>)
MUTATION_OPERATOR(shift_right, >>, <<)
MUTATION_OPERATOR(bit_and, &, |)
MUTATION_OPERATOR(bit_or, |, &)
#undef MUTATION_OPERATOR

#define MUTATION_ASSIGNMENT(name, op, other) \
  template <int n, class A, class B>         \
  A& name(A& a, const B& b) {                \
    if (on<n>()) return a other b;           \
    return a op b;                           \
  }
MUTATION_ASSIGNMENT(add, +=, -=)
MUTATION_ASSIGNMENT(subtract, -=, +=)
MUTATION_ASSIGNMENT(set_bits, |=, &=)
MUTATION_ASSIGNMENT(mask_bits, &=, |=)
#undef MUTATION_ASSIGNMENT

/// The order of sequence numbers; the mutant counts equal ones too.
template <int n, class T>
bool before(const T& a, const T& b) {
  return on<n>() ? !a.is_after(b) : a.is_before(b);
}
template <int n, class T>
bool after(const T& a, const T& b) {
  return on<n>() ? !a.is_before(b) : a.is_after(b);
}

/// std::min and std::max, which the mutant exchanges.
template <int n>
struct Min {
  template <class T>
  static T of(const T& a, const T& b) {
    return on<n>() ? std::max(a, b) : std::min(a, b);
  }
  template <class T>
  static T of(std::initializer_list<T> values) {
    return on<n>() ? std::max(values) : std::min(values);
  }
};
template <int n>
struct Max {
  template <class T>
  static T of(const T& a, const T& b) {
    return on<n>() ? std::min(a, b) : std::max(a, b);
  }
  template <class T>
  static T of(std::initializer_list<T> values) {
    return on<n>() ? std::min(values) : std::max(values);
  }
};

}  // namespace mutation
