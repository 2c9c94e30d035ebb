#include "event/ecs_encoder.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "event/apiary_members.h"
#include "event/ecs_members.h"
#include "event/event_text.h"

namespace apiary {
namespace {

void put_list(JsonWriter& json, std::string_view name,
              const std::array<std::string_view, 2>& words) {
  json.begin_array(name);
  for (const std::string_view word : words)
    if (!word.empty()) json.element(word);
  json.end_array();
}

void put_times(JsonWriter& json, Instant began, Instant at) {
  json.plain_member("start", [&](std::string& text) { append_time(text, began); });
  json.member("duration", std::max<std::int64_t>(0, (at - began).count()));
}

/// event.start and event.duration, for kinds that have them.
void put_times(JsonWriter& json, const Event& event) {
  std::visit(
      [&](const auto& body) {
        if constexpr (requires { body.opened; })
          put_times(json, body.opened, event.at);
        else if constexpr (requires { body.began; })
          put_times(json, body.began, event.at);
      },
      event.body);
}

void append_digits(std::string& text, std::uint64_t value, std::size_t count) {
  const std::size_t at = text.size();
  text.resize(at + count);
  for (std::size_t i = count; i-- > 0; value /= 10)
    text[at + i] = static_cast<char>('0' + value % 10);
}

}  // namespace

void append_time(std::string& text, Instant at) {
  using std::chrono::floor;
  const std::chrono::sys_time<Duration> time{at.time_since_epoch()};
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss<Duration> clock{time - day};
  append_digits(text, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
  text += '-';
  append_digits(text, static_cast<unsigned>(date.month()), 2);
  text += '-';
  append_digits(text, static_cast<unsigned>(date.day()), 2);
  text += 'T';
  append_digits(text, static_cast<std::uint64_t>(clock.hours().count()), 2);
  text += ':';
  append_digits(text, static_cast<std::uint64_t>(clock.minutes().count()), 2);
  text += ':';
  append_digits(text, static_cast<std::uint64_t>(clock.seconds().count()), 2);
  text += '.';
  append_digits(text, static_cast<std::uint64_t>(clock.subseconds().count()), 9);
  text += 'Z';
}

EcsEncoder::EcsEncoder(const Observer& observer) {
  JsonWriter json(observer_);
  json.begin_object("observer");
  json.member("vendor", "Apiary");
  json.member("product", "apiary");
  json.member("type", "honeypot");
  json.member("version", observer.version);
  json.member("hostname", observer.hostname);
  json.end_object();
}

void EcsEncoder::append(std::string& text, const Event& event) const {
  const EcsClasses& classes = ecs_classes_of(event);
  JsonWriter json(text);
  json.begin_object();
  json.plain_member("@timestamp", [&](std::string& out) { append_time(out, event.at); });
  json.begin_object("ecs");
  json.member("version", "8.11.0");
  json.end_object();
  json.begin_object("event");
  json.plain_member("id", [&](std::string& out) { apiary::append(out, event.id); });
  json.member("kind", classes.kind);
  put_list(json, "category", classes.categories);
  put_list(json, "type", classes.types);
  json.member("action", to_string(event.kind()));
  put_times(json, event);
  json.end_object();
  json.member("message", event_text(event));
  EcsMembers ecs(json, event);
  std::visit([&](const auto& body) { body.write_ecs(ecs); }, event.body);
  text += ',';
  text += observer_;
  json.begin_object("apiary");
  json.member("version", event_json_version);
  ApiaryMembers members(json);
  std::visit([&](const auto& body) { body.write_apiary(members); }, event.body);
  json.end_object();
  json.end_object();
}

}  // namespace apiary
