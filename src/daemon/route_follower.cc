#include "daemon/route_follower.h"

#include <event2/event.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "device/kernel_tables.h"
#include "posix/clock.h"
#include "setup/reverse_path_table.h"

namespace apiary {
namespace {

constexpr int rests_for_each_reading = 10;

}  // namespace

/// What was read, and the time it took.
struct RouteFollower::Reading {
  std::shared_ptr<const ReversePaths> paths;
  std::vector<std::string> remarks;
  Duration took{};
};

void RouteFollower::Free::operator()(event* event) const { event_free(event); }

RouteFollower::RouteFollower(RouteMonitor monitor, ShardSet& shards, spdlog::logger& log,
                             bool allow_asymmetric)
    : monitor_(std::move(monitor)),
      shards_(shards),
      log_(log),
      allow_asymmetric_(allow_asymmetric),
      worker_(shards.events().base()) {
  event_base* const events = shards.events().base();
  const auto on_change = [](evutil_socket_t, short, void* self) {
    static_cast<RouteFollower*>(self)->on_change();
  };
  changed_.reset(event_new(events, monitor_.descriptor(), EV_READ | EV_PERSIST, on_change, this));
  event_add(changed_.get(), nullptr);
  const auto on_rested = [](evutil_socket_t, short, void* self) {
    auto& follower = *static_cast<RouteFollower*>(self);
    follower.is_reading_ = false;
    if (follower.is_stale_) follower.read_again();
  };
  rested_.reset(event_new(events, -1, 0, on_rested, this));
}

RouteFollower::~RouteFollower() = default;

tl::expected<std::unique_ptr<RouteFollower>, SystemError> RouteFollower::begin(
    ShardSet& shards, spdlog::logger& log, bool allow_asymmetric) {
  auto monitor = RouteMonitor::open();  // before the reading, so that no change is missed
  if (!monitor) return tl::unexpected(monitor.error());
  auto reading = read(shards.interfaces(), allow_asymmetric);
  if (!reading) return tl::unexpected(reading.error());
  std::unique_ptr<RouteFollower> follower(
      new RouteFollower(std::move(*monitor), shards, log, allow_asymmetric));
  follower->take(std::move(*reading));
  return follower;
}

tl::expected<RouteFollower::Reading, SystemError> RouteFollower::read(
    const std::vector<InterfaceSettings>& interfaces, bool allow_asymmetric) {
  const auto began = std::chrono::steady_clock::now();
  const auto links = read_links();
  if (!links) return tl::unexpected(links.error());
  const auto routes = read_routes();
  if (!routes) return tl::unexpected(routes.error());
  const auto rules = read_rules();
  if (!rules) return tl::unexpected(rules.error());
  auto paths = std::make_shared<const ReversePaths>(
      make_reverse_paths(interfaces, *links, *routes, *rules, allow_asymmetric));
  auto remarks = asymmetric_interfaces(interfaces, *paths, *routes, *rules);
  return Reading{std::move(paths), std::move(remarks), std::chrono::steady_clock::now() - began};
}

void RouteFollower::on_change() {
  if (!monitor_.take_changes()) return;
  is_stale_ = true;
  if (!is_reading_) read_again();
}

void RouteFollower::read_again() {
  is_reading_ = true;
  is_stale_ = false;
  worker_.run([this, interfaces = shards_.interfaces()]() -> BackgroundWorker::Completion {
    const auto reading =
        std::make_shared<tl::expected<Reading, SystemError>>(read(interfaces, allow_asymmetric_));
    return [this, reading] {
      Duration rest = milliseconds{100};
      if (*reading) {
        rest = (*reading)->took * rests_for_each_reading;
        take(std::move(**reading));
      } else {
        log_.error("cannot read the routes, so visitors are still checked against the old ones: {}",
                   to_string(reading->error()));
      }
      const timeval time = to_timeval(rest);
      event_add(rested_.get(), &time);
    };
  });
}

void RouteFollower::take(Reading reading) {
  auto old = shards_.adopt(reading.paths);
  worker_.run([old = std::move(old)]() -> BackgroundWorker::Completion { return {}; });
  if (reading.remarks != remarks_)
    for (const std::string& remark : reading.remarks) log_.warn("{}", remark);
  remarks_ = std::move(reading.remarks);
}

}  // namespace apiary
