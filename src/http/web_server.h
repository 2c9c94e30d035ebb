/// web/: the page and what programs ask over HTTP: metrics, health, events as they happen. It runs
/// on threads of its own, of low priority, without privileges; it asks the loop as the control
/// socket does, and the rest it reads from a LiveFeed.
#pragma once

#include <memory>

#include "http/api.h"
#include "http/http_server.h"
#include "sink/live_feed.h"

namespace apiary {

/// Serves the page of a daemon for as long as it lives.
class WebServer {
 public:
  /// On the loop's thread, as the destructor; `server` listens already.
  WebServer(std::unique_ptr<HttpServer> server, event_base* loop, DaemonInterface& daemon,
            std::shared_ptr<LiveFeed> feed, HttpGuard guard)
      : link_(loop, daemon),
        feed_(std::move(feed)),
        api_(link_, feed_, std::move(guard)),
        server_(std::move(server)) {
    server_->serve(api_);
  }
  ~WebServer() {
    link_.close();
    feed_->close();
    server_->stop();
  }
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

 private:
  DaemonClient link_;
  std::shared_ptr<LiveFeed> feed_;
  WebApi api_;
  std::unique_ptr<HttpServer> server_;  // its threads use all of the above
};

}  // namespace apiary
