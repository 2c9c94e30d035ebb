#include "web/http_server.h"

#include <cap-ng.h>
#include <fmt/format.h>
#include <httplib.h>
#include <sys/resource.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "posix/without_signals.h"

namespace apiary {
namespace {

constexpr int low_priority = 15;
constexpr const char* content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

/// What this thread needs no more: everything.
void become_humble() {
  setpriority(PRIO_PROCESS, 0, low_priority);  // of a thread, on Linux
  capng_clear(CAPNG_SELECT_BOTH);
  capng_apply(CAPNG_SELECT_BOTH);
}

/// Threads that take connections one after the other. Who would give them more than one each waits,
/// so that there is no queue to fill.
class Workers final : public httplib::TaskQueue {
 public:
  explicit Workers(std::size_t count) {
    const WithoutSignals meanwhile;
    for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
  }

  void enqueue(std::function<void()> job) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return idle_ > 0; });
    --idle_;
    job_ = std::move(job);
    lock.unlock();
    changed_.notify_all();
    lock.lock();
    changed_.wait(lock, [this] { return job_ == nullptr; });
  }

  void shutdown() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void work() {
    become_humble();
    while (true) {
      std::function<void()> job;
      {
        std::unique_lock lock(mutex_);
        ++idle_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return job_ != nullptr || stopping_; });
        if (job_ == nullptr) return;
        job = std::exchange(job_, nullptr);
      }
      changed_.notify_all();
      job();
    }
  }

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  int idle_ = 0;
  std::function<void()> job_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

HttpRequest request_of(const httplib::Request& request) {
  constexpr std::string_view bearer = "Bearer ";
  HttpRequest result{.method = request.method == "HEAD" ? "GET" : request.method,
                     .path = request.path,
                     .parameters = {request.params.begin(), request.params.end()},
                     .body = request.body,
                     .host = request.get_header_value("Host"),
                     .fetch_site = request.get_header_value("Sec-Fetch-Site")};
  if (const std::string given = request.get_header_value("Authorization");
      given.starts_with(bearer))
    result.token = given.substr(bearer.size());
  result.takes_gzip = request.get_header_value("Accept-Encoding").find("gzip") != std::string::npos;
  return result;
}

class HttplibServer final : public HttpServer {
 public:
  HttplibServer() {
    server_.new_task_queue = [] { return new Workers(threads); };
    server_.set_socket_options([](int socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    server_.set_tcp_nodelay(true);
    server_.set_payload_max_length(largest_body_bytes);
    server_.set_read_timeout(std::chrono::seconds(5));
    server_.set_write_timeout(std::chrono::seconds(5));
    server_.set_keep_alive_timeout(2);
    // What the library itself refuses: no sense, too large.
    server_.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty())
        response.set_content(http_error(response.status, "the request makes no sense").body,
                             "application/json");
    });
    server_.set_default_headers({{"Content-Security-Policy", content_security_policy},
                                 {"X-Content-Type-Options", "nosniff"},
                                 {"Referrer-Policy", "no-referrer"},
                                 {"Cross-Origin-Opener-Policy", "same-origin"},
                                 {"Cross-Origin-Resource-Policy", "same-origin"}});
  }
  ~HttplibServer() override { stop(); }

  bool bind(const WebAddress& address) { return server_.bind_to_port(address.host, address.port); }

  void serve(Handler handler) override {
    handler_ = std::move(handler);
    const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
      fill(response, handler_(request_of(request)));
    };
    server_.Get(".*", answer);
    server_.Post(".*", answer);
    server_.Put(".*", answer);
    const WithoutSignals meanwhile;
    thread_ = std::thread([this] {
      become_humble();
      server_.listen_after_bind();
    });
    // stop() before it runs would not end it.
    while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  void stop() override {
    is_stopping_ = true;
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void fill(httplib::Response& response, HttpAnswer answer) {
    if (answer.stream) {
      if (streams_++ < most_streams) return begin_stream(response, std::move(answer));
      --streams_;
      answer = http_error(503, "as many look on as may");
    }
    response.status = answer.status;
    response.set_header("Cache-Control",
                        answer.is_immutable ? "public, max-age=31536000, immutable" : "no-store");
    if (answer.is_gzip) response.set_header("Content-Encoding", "gzip");
    if (answer.status == 401) response.set_header("WWW-Authenticate", "Bearer");
    response.set_content(std::move(answer.body), answer.type);
  }

  void begin_stream(httplib::Response& response, HttpAnswer answer) {
    response.set_header("Cache-Control", "no-store");
    response.set_chunked_content_provider(
        answer.type,
        [this, stream = std::move(answer.stream)](std::size_t, httplib::DataSink& sink) {
          std::string more;
          const bool goes_on = !is_stopping_ && stream(more);
          if (!more.empty() && !sink.write(more.data(), more.size())) return false;
          if (!goes_on) sink.done();
          return goes_on;
        },
        [this](bool) { --streams_; });
  }

  httplib::Server server_;
  Handler handler_;
  std::atomic<std::size_t> streams_ = 0;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

}  // namespace

tl::expected<std::unique_ptr<HttpServer>, std::string> HttpServer::listen_at(
    const WebAddress& address) {
  auto server = std::make_unique<HttplibServer>();
  errno = 0;
  if (!server->bind(address))
    return tl::unexpected(fmt::format("--web: cannot listen at {}:{}: {}", address.host,
                                      address.port, std::strerror(errno)));
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace apiary
