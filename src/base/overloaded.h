#pragma once

namespace apiary {

/// Lets std::visit take one lambda per case: std::visit(overloaded{...}, variant).
template <class... Lambdas>
struct overloaded : Lambdas... {
  using Lambdas::operator()...;
};
template <class... Lambdas>
overloaded(Lambdas...) -> overloaded<Lambdas...>;

}  // namespace apiary
