#include "base/counted.h"

namespace apiary {
namespace {

std::string plural(std::string_view noun) {
  const auto ends_with_one_of = [noun](std::initializer_list<std::string_view> endings) {
    for (const std::string_view ending : endings)
      if (noun.ends_with(ending)) return true;
    return false;
  };
  std::string word(noun);
  if (ends_with_one_of({"s", "x", "ch", "sh"})) return word + "es";
  if (noun.ends_with('y') && !ends_with_one_of({"ay", "ey", "oy", "uy"})) {
    word.pop_back();
    return word + "ies";
  }
  return word + "s";
}

}  // namespace

std::string counted(std::uint64_t number, std::string_view noun) {
  return std::to_string(number) + " " + noun_for(number, noun);
}

std::string noun_for(std::uint64_t number, std::string_view noun) {
  return number == 1 ? std::string(noun) : plural(noun);
}

}  // namespace apiary
