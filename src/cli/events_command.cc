#include "cli/events_command.h"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/printable.h"
#include "cli/terminal.h"
#include "posix/file_id.h"
#include "posix/local_time.h"
#include "posix/system_error.h"

namespace apiary {
namespace {

constexpr Duration shown_at_first = hours{24};  // without --since
constexpr std::size_t shown_before_following = 10;
constexpr auto poll_period = std::chrono::milliseconds(250);

/// A member of a member ... as text; "-": there is none.
std::string text_at(const nlohmann::json& event, const char* place) {
  const nlohmann::json::json_pointer pointer(place);
  if (!event.contains(pointer)) return "-";
  const auto& found = event.at(pointer);
  if (found.is_number_unsigned()) return std::to_string(found.get<std::uint64_t>());
  return found.is_string() ? safe_text(found.get<std::string>()) : "-";
}

std::string time_of(const StoredEvent& event) {
  const auto since_epoch = event.at.time_since_epoch();
  const auto whole = std::chrono::floor<seconds>(since_epoch);
  const auto thousandths = std::chrono::floor<milliseconds>(since_epoch - whole).count();
  return fmt::format("{}.{:03}{}", local_time(whole.count(), "%Y-%m-%d %H:%M:%S"), thousandths,
                     utc_offset(whole.count()));
}

std::string message_of(std::string_view json) {
  const auto event = nlohmann::json::parse(json, nullptr, false);
  if (!event.is_object() || !event.contains("message") || !event["message"].is_string())
    return "(unreadable event)";
  return event["message"].get<std::string>();
}

}  // namespace

std::string event_line(const StoredEvent& event, bool with_color) {
  const auto paint = [&](std::string_view color) { return with_color ? color : ""; };
  const std::string line =
      fmt::format("{}{}{} {}{:<11}{} ", paint(dim), time_of(event), paint(unstyled),
                  paint(color_of(event.kind)), safe_text(event.kind), paint(unstyled));
  return line + safe_text(message_of(event.json));
}

std::string file_line(const StoredEvent& event) {
  const auto json = nlohmann::json::parse(event.json, nullptr, false);
  return fmt::format("{} {} > {}:{} {} {} {}", time_of(event), text_at(json, "/source/ip"),
                     text_at(json, "/destination/ip"), text_at(json, "/destination/port"),
                     text_at(json, "/file/size"), text_at(json, "/file/hash/sha256"),
                     text_at(json, "/file/path"));
}

int run_events(const EventsOptions& options) {
  auto store = StoreReader::open(options.store);
  if (!store) return fail(store.error());
  StoreQuery filter = options.filter;
  const bool is_bounded = filter.since.has_value();
  if (!is_bounded && !options.follow) filter.since = wall_clock() - shown_at_first;
  const bool with_color = wants_color();
  std::int64_t last = 0;
  const auto show = [&](const StoredEvent& event) {
    last = event.number;
    if (options.json)
      fmt::print("{}\n", event.json);
    else if (options.files)
      fmt::print("{}\n", file_line(event));
    else
      fmt::print("{}\n", event_line(event, with_color));
  };

  const auto greatest = store->last_number();
  if (!greatest) return fail(greatest.error());
  const auto newest = options.follow && !is_bounded
                          ? std::optional<std::size_t>{shown_before_following}
                          : std::nullopt;
  if (auto shown = store->visit(filter, 0, newest, show); !shown) return fail(shown.error());
  if (!options.follow) return 0;
  last = std::max(last, *greatest);
  filter.since.reset();
  std::optional<FileId> followed = file_id_of(options.store);
  while (true) {
    std::fflush(stdout);
    std::this_thread::sleep_for(poll_period);
    if (const auto there = file_id_of(options.store); there && there != followed) {
      auto next = StoreReader::open(options.store);
      if (!next) continue;  // the daemon is about to create it
      fmt::print(stderr, "the store was moved or removed; following the new one\n");
      store = std::move(next);
      followed = there;
      last = 0;
    }
    if (auto shown = store->visit(filter, last, std::nullopt, show); !shown)
      return fail(shown.error());
  }
}

}  // namespace apiary
