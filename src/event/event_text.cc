#include "event/event_text.h"

#include <fmt/format.h>

#include "event/event_sentence.h"

namespace apiary {

std::string icmp_type_name(std::uint8_t type) {
  switch (type) {
    case 0:
      return "echo reply";
    case 8:
      return "echo request";
    case 13:
      return "timestamp request";
    case 15:
      return "information request";
    case 17:
      return "address mask request";
    default:
      return fmt::format("type {}", type);
  }
}

std::string flag_letters(std::uint8_t flags) {
  constexpr std::string_view letters = "FSRPAUEC";
  std::string text;
  for (std::size_t i = 0; i < letters.size(); ++i)
    if ((flags >> i & 1) != 0) text += letters[i];
  return text;
}

void append_event_text(std::string& text, const Event& event) {
  EventSentence sentence(text, event);
  std::visit([&](const auto& body) { body.write_text(sentence); }, event.body);
}

std::string event_text(const Event& event) {
  std::string text;
  append_event_text(text, event);
  return text;
}

}  // namespace apiary
