#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/shard_set.h"
#include "device/route_monitor.h"
#include "host/reverse_paths.h"
#include "loop/background_worker.h"

struct event;

namespace spdlog {
class logger;
}

namespace apiary {

/// Follows the machine's addresses and routes, and gives the shards the table of sources that they
/// answer (ReversePaths). It reads the kernel's tables in the background, as they may be large.
/// Afterwards it rests ten times as long as the reading took.
class RouteFollower {
 public:
  /// Reads the routes a first time. `shards` and `log` outlive this object. Errors: the kernel does
  /// not list its routes.
  static tl::expected<std::unique_ptr<RouteFollower>, SystemError> begin(ShardSet& shards,
                                                                         spdlog::logger& log,
                                                                         bool allow_asymmetric);
  ~RouteFollower();

  /// Ends the reading in the background; see BackgroundWorker::stop().
  bool stop(Duration patience) { return worker_.stop(patience); }
  RouteFollower(const RouteFollower&) = delete;
  RouteFollower& operator=(const RouteFollower&) = delete;

 private:
  struct Free {
    void operator()(event* event) const;
  };
  struct Reading;
  RouteFollower(RouteMonitor monitor, ShardSet& shards, spdlog::logger& log, bool allow_asymmetric);

  static tl::expected<Reading, SystemError> read(const std::vector<InterfaceSettings>& interfaces,
                                                 bool allow_asymmetric);
  void on_change();
  void read_again();
  void take(Reading reading);

  RouteMonitor monitor_;
  ShardSet& shards_;
  spdlog::logger& log_;
  const bool allow_asymmetric_;
  bool is_reading_ = false, is_stale_ = false;
  std::vector<std::string> remarks_;  // as logged last
  std::unique_ptr<event, Free> changed_, rested_;
  BackgroundWorker worker_;  // last: its jobs use all of the above
};

}  // namespace apiary
