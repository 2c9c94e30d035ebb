#include "http/http_server.h"

#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <thread>

#include "http/http_connection.h"
#include "http/http_workers.h"
#include "loop/loop_queue.h"
#include "posix/socket_option.h"
#include "posix/without_signals.h"

namespace apiary {
namespace {

constexpr timeval turn{0, 50'000};  // how often it checks deadlines and continues streams
constexpr std::array<std::size_t, static_cast<std::size_t>(HttpLane::count_)> lane_threads{2, 1, 5,
                                                                                           2};
constexpr std::size_t stream_threads = 1;

constexpr std::string_view no_room =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The client of a connection, for the bound per client: an IPv4 address, an IPv6 /64, or a user of
/// this machine.
std::string client_of(const FileDescriptor& socket, const sockaddr_storage& address) {
  if (address.ss_family == AF_UNIX) {
    ucred client{};
    socklen_t size = sizeof client;
    getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &client, &size);
    return "user " + std::to_string(client.uid);
  }
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return {reinterpret_cast<const char*>(&v4.sin_addr), 4};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  const char* const bytes = reinterpret_cast<const char*>(&v6.sin6_addr);
  return IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) ? std::string(bytes + 12, 4) : std::string(bytes, 8);
}

class LibeventServer final : public HttpServer, private HttpConnection::Server {
 public:
  LibeventServer(WebSocket socket, const HttpLimits& limits)
      : limits_(limits), socket_(std::move(socket)), base_(event_base_new(), event_base_free) {}
  ~LibeventServer() override { stop(); }

  void serve(HttpHandler& handler) override {
    handler_ = &handler;
    mailbox_ = std::make_unique<LoopQueue>(base_.get());
    for (const std::size_t count : lane_threads)
      lanes_.push_back(std::make_unique<HttpWorkers>(count));
    streamers_ = std::make_unique<HttpWorkers>(stream_threads);
    acceptable_.reset(event_new(
        base_.get(), socket_.descriptor(), EV_READ | EV_PERSIST,
        [](evutil_socket_t, short, void* self) {
          static_cast<LibeventServer*>(self)->accept_clients();
        },
        this));
    turned_.reset(event_new(
        base_.get(), -1, EV_PERSIST,
        [](evutil_socket_t, short, void* self) { static_cast<LibeventServer*>(self)->on_turn(); },
        this));
    event_add(acceptable_.get(), nullptr);
    const WithoutSignals meanwhile;
    thread_ = std::thread([this] {
      lower_priority();
      event_base_dispatch(base_.get());
    });
  }

  void stop() override {
    if (thread_.joinable()) {
      mailbox_->post([this] {
        for (const HttpConnection::Id id : ids())
          if (connections_.at(id)->stream_source()) connections_.at(id)->end_stream();
        event_base_loopbreak(base_.get());
      });
      thread_.join();
    }
    for (const auto& lane : lanes_) lane->stop();
    if (streamers_) streamers_->stop();
    connections_.clear();
    mailbox_.reset();
  }

 private:
  struct Free {
    void operator()(event* event) const { event_free(event); }
  };
  using Event = std::unique_ptr<event, Free>;

  // HttpConnection::Server
  const HttpLimits& limits() const override { return limits_; }
  std::optional<HttpResponse> refuse(const HttpRequest& request, bool has_body) override {
    return handler_->refuse(request, has_body);
  }
  void on_request(HttpConnection& connection, HttpRequest request,
                  BodyBudget::Share body) override {
    const HttpConnection::Id id = connection.id();
    const auto lane = static_cast<std::size_t>(handler_->lane(request));
    const bool is_taken =
        lanes_[lane]->post([this, id, request = std::move(request),
                            body = std::make_shared<BodyBudget::Share>(std::move(body))] {
          auto answer = std::make_shared<HttpResponse>(handler_->answer(request));
          mailbox_->post([this, id, answer] { on_answer(id, std::move(*answer)); });
        });
    if (!is_taken)  // not from here: the connection is busy
      mailbox_->post([this, id] {
        on_answer(id, http_error(503, "too many requests at the same time: try again"));
      });
  }
  void on_stream_wanted(HttpConnection& connection) override {
    connection.is_stream_asked = true;
    streamers_->post([this, id = connection.id(), stream = connection.stream_source()] {
      std::string more;
      const StreamState state = (*stream)(more);
      mailbox_->post([this, id, more = std::move(more), state] {
        if (const auto found = connections_.find(id); found != connections_.end())
          found->second->stream(more, state);
      });
    });
  }
  BodyBudget& bodies() override { return bodies_; }
  void on_closed(HttpConnection& connection) override { connections_.erase(connection.id()); }

  void on_answer(HttpConnection::Id id, HttpResponse answer) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) return;
    if (answer.stream && streams() >= limits_.streams)
      answer = http_error(503, "too many streams: close one and try again");
    found->second->answer(std::move(answer));
  }

  void accept_clients() {
    while (true) {
      sockaddr_storage address{};
      socklen_t size = sizeof address;
      FileDescriptor socket(accept4(socket_.descriptor(), reinterpret_cast<sockaddr*>(&address),
                                    &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!socket) {
        // Without a free descriptor, it accepts them when others are closed.
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
          if (!make_room({})) event_del(acceptable_.get());
          event_add(turned_.get(), &turn);
        } else if (errno == ECONNABORTED || errno == EINTR) {
          continue;
        }
        return;
      }
      std::string client = client_of(socket, address);
      take(std::move(socket), std::move(client));
    }
  }

  void take(FileDescriptor socket, std::string client) {
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    const auto of_client = static_cast<std::size_t>(std::ranges::count_if(
        connections_, [&](const auto& each) { return each.second->client() == client; }));
    const bool has_room = (of_client < limits_.connections_per_client || make_room(client)) &&
                          (connections_.size() < limits_.connections || make_room({}));
    if (!has_room) {
      (void)!send(socket.get(), no_room.data(), no_room.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      return;
    }
    if (connections_.empty()) event_add(turned_.get(), &turn);
    const HttpConnection::Id id = ++last_id_;
    connections_.emplace(
        id, std::make_unique<HttpConnection>(id, std::move(socket), std::move(client), base_.get(),
                                             static_cast<HttpConnection::Server&>(*this)));
  }

  /// Closes the connection that has kept the server waiting for longest: one of `client`, or if
  /// that is empty, of the client with most connections. Returns false if all follow a stream.
  bool make_room(std::string client) {
    if (client.empty()) client = largest_client();
    HttpConnection* worst = nullptr;
    for (const auto& [id, connection] : connections_) {
      if (connection->client() != client || connection->phase() == HttpConnection::Phase::streaming)
        continue;
      const auto rank = [](const HttpConnection& each) {
        return std::pair{each.phase(), each.since()};
      };
      if (worst == nullptr || rank(*connection) < rank(*worst)) worst = connection.get();
    }
    if (worst == nullptr) return false;
    worst->give_up();
    return true;
  }

  std::string largest_client() const {
    std::map<std::string, std::size_t> counts;
    for (const auto& [id, connection] : connections_) ++counts[connection->client()];
    const auto largest =
        std::ranges::max_element(counts, {}, [](const auto& each) { return each.second; });
    return largest == counts.end() ? "" : largest->first;
  }

  void on_turn() {
    const auto now = std::chrono::steady_clock::now();
    for (const HttpConnection::Id id : ids()) connections_.at(id)->on_time(now);
    event_add(acceptable_.get(), nullptr);
    if (connections_.empty()) event_del(turned_.get());
  }

  std::vector<HttpConnection::Id> ids() const {
    std::vector<HttpConnection::Id> all;
    for (const auto& [id, connection] : connections_) all.push_back(id);
    return all;
  }
  std::size_t streams() const {
    return static_cast<std::size_t>(std::ranges::count_if(connections_, [](const auto& each) {
      return each.second->phase() == HttpConnection::Phase::streaming;
    }));
  }

  const HttpLimits limits_;
  const WebSocket socket_;
  const std::unique_ptr<event_base, void (*)(event_base*)> base_;
  HttpHandler* handler_ = nullptr;
  BodyBudget bodies_{limits_.bodies_together_bytes};
  std::unique_ptr<LoopQueue> mailbox_;  // results of workers, for the thread of base_
  std::vector<std::unique_ptr<HttpWorkers>> lanes_;
  std::unique_ptr<HttpWorkers> streamers_;
  Event acceptable_, turned_;
  std::map<HttpConnection::Id, std::unique_ptr<HttpConnection>> connections_;
  HttpConnection::Id last_id_ = 0;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<HttpServer> HttpServer::make(WebSocket socket, const HttpLimits& limits) {
  return std::make_unique<LibeventServer>(std::move(socket), limits);
}

tl::expected<std::unique_ptr<HttpServer>, std::string> HttpServer::listen_at(
    const WebAddress& address, const HttpLimits& limits) {
  auto socket = WebSocket::listen_at(address);
  if (!socket) return tl::unexpected(std::move(socket.error()));
  return make(std::move(*socket), limits);
}

}  // namespace apiary
