#include "config/parse_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/plain_word.h"
#include "config/traits.h"

namespace apiary {
namespace {

/// What to write instead of a word that is not a trait: ports need `add`, and defaults `default`.
std::string hint_on_trait(const TokenReader& reader, std::string_view target) {
  const Token& next = reader.next();
  const bool is_protocol = next.is("tcp") || next.is("udp") || next.is("icmp");
  if (next.is("port")) return fmt::format("ports are added: add {} tcp port ...", target);
  if (is_protocol &&
      (reader.after_next().is("port") || begins_with_digit(reader.after_next().text)))
    return fmt::format("ports are added: add {} {} port ...", target, next.text);
  if (is_protocol || next.is("action"))
    return fmt::format("write: set {} default {} action ...", target,
                       is_protocol ? next.text : "tcp");
  std::vector<std::string_view> keywords;
  for (const TraitSpec& trait : trait_specs()) keywords.push_back(trait.keyword);
  const std::string_view last = keywords.back();
  keywords.pop_back();
  return fmt::format("the traits are {} and {}", fmt::join(keywords, ", "), last);
}

}  // namespace

std::optional<StatementContent> parse_set(TokenReader& reader) {
  const auto target = reader.template_name();
  if (!target) return {};
  for (const TraitSpec& trait : trait_specs()) {
    if (!reader.accept(trait.keyword)) continue;
    auto value = trait.parse(reader, *target);
    if (!value) return {};
    return SetTrait{*target, *std::move(value)};
  }
  return reader.fail_expected("'personality', 'default' or another trait",
                              hint_on_trait(reader, target->value));
}

}  // namespace apiary
