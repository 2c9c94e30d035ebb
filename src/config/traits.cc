#include "config/traits.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

namespace apiary {
namespace {

template <class T>
constexpr TraitSpec spec_of() {
  return {
      T::keyword,
      T::syntax,
      T::summary,
      T::explained,
      [](TokenReader& reader, const TemplateName& target) -> std::optional<Located<TraitValue>> {
        auto trait = T::parse(reader, target);
        if (!trait) return {};
        return Located<TraitValue>{std::move(trait->value), trait->place};
      },
      T::explain};
}

template <class... Traits>
constexpr auto specs_of(std::type_identity<std::variant<Traits...>>) {
  return std::array{spec_of<Traits>()...};
}

constexpr auto all_traits = specs_of(std::type_identity<TraitValue>{});
static_assert(std::ranges::all_of(all_traits, [](const TraitSpec& trait) {
  return trait.syntax.starts_with(trait.keyword);
}));

}  // namespace

std::span<const TraitSpec> trait_specs() { return all_traits; }

std::vector<std::string_view> words_of(const TraitSpec& trait) {
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  std::vector<std::string_view> words;
  bool is_quoted = false;
  for (std::size_t at = 0; at < trait.syntax.size();) {
    const std::string_view rest = trait.syntax.substr(at);
    const auto length =
        static_cast<std::size_t>(std::ranges::find_if_not(rest, is_small) - rest.begin());
    if (length > 0 && !is_quoted) words.push_back(rest.substr(0, length));
    if (rest.front() == '"') is_quoted = !is_quoted;
    at += std::max<std::size_t>(length, 1);
  }
  return words;
}

std::string_view keyword_of(const TraitValue& value) { return all_traits[value.index()].keyword; }

std::string format_trait(const TraitValue& value) {
  return fmt::format("{} {}", keyword_of(value),
                     std::visit([](const auto& trait) { return trait.format(); }, value));
}

void give_trait(const TraitValue& value, TemplateDraft& draft, const TraitUse& use) {
  std::visit(
      [&](const auto& trait) {
        if (!trait.give_to(draft, use)) return;
        std::string_view part;
        if constexpr (requires { trait.part(); }) part = trait.part();
        draft.origins.traits.insert_or_assign({trait.keyword, part}, use.place);
      },
      value);
}

void check_trait(const TraitValue& value, const TraitUse& use) {
  std::visit(
      [&](const auto& trait) {
        if constexpr (requires { trait.check(use); }) trait.check(use);
      },
      value);
}

}  // namespace apiary
