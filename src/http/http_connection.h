#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "http/body_budget.h"
#include "http/http_body.h"
#include "http/http_response.h"
#include "http/http_server.h"
#include "posix/file_descriptor.h"

struct event;
struct event_base;

namespace apiary {

/// A client's connection: reads requests one after the other, passes each to the server, and writes
/// the response. It never blocks, and runs on the thread of one event loop.
class HttpConnection {
 public:
  using Id = std::uint64_t;
  using Time = std::chrono::steady_clock::time_point;

  /// Callbacks to the server. None of them may destroy the connection.
  class Server {
   public:
    virtual ~Server() = default;
    virtual const HttpLimits& limits() const = 0;
    /// As HttpHandler::refuse().
    virtual std::optional<HttpResponse> refuse(const HttpRequest& request, bool has_body) = 0;
    /// A request is complete: the server calls answer() later. `body` lives as long as the request.
    virtual void on_request(HttpConnection& connection, HttpRequest request,
                            BodyBudget::Share body) = 0;
    /// The connection can take another piece of its stream.
    virtual void on_stream_wanted(HttpConnection& connection) = 0;
    virtual BodyBudget& bodies() = 0;
    /// Removes the connection, which has ended.
    virtual void on_closed(HttpConnection& connection) = 0;
  };

  /// The state of a connection; the server closes those with lower values first.
  enum class Phase { closing, idle, reading, writing, handling, streaming };

  HttpConnection(Id id, FileDescriptor socket, std::string client, event_base* loop,
                 Server& server);
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  Id id() const { return id_; }
  const std::string& client() const { return client_; }
  Phase phase() const { return phase_; }
  /// When the present phase began.
  Time since() const { return since_; }

  /// The response to the last request. May destroy the connection, like the following functions.
  void answer(HttpResponse answer);
  /// A piece of the response's stream.
  void stream(std::string_view more, StreamState state);
  /// Ends a phase that has lasted too long at `now`.
  void on_time(Time now);
  /// Closes, to make room for another connection.
  void give_up();
  /// Ends a stream properly, because the server stops.
  void end_stream();

  /// The stream of the present response; nullptr if it is not a stream.
  std::shared_ptr<HttpStream> stream_source() const { return stream_; }
  /// Whether it can take another piece now.
  bool wants_stream() const;
  bool is_stream_asked = false;  // for the server: a worker makes a piece

 private:
  struct Free {
    void operator()(event* event) const;
  };
  using Event = std::unique_ptr<event, Free>;

  void on_readable();
  void on_writable();
  /// Continues as far as possible, then waits.
  void advance();
  /// Does one step. Returns false if it must wait for something.
  bool step();
  bool read_head();
  bool read_body();
  void refuse(const HttpRefusal& refusal);
  void begin_answer(HttpResponse answer);
  bool write_out();
  bool finish_answer();
  void enter(Phase phase);
  void wait();
  void receive();
  void probe_client(Time now);

  const Id id_;
  const FileDescriptor socket_;
  const std::string client_;
  Server& server_;
  Event readable_, writable_;
  Phase phase_ = Phase::reading;
  Time since_, last_progress_;
  bool is_over_ = false;
  bool client_is_done_ = false;  // it has shut down its side, but may still read

  std::string in_;
  std::size_t scanned_ = 0;  // of in_, for the end of a head
  std::optional<HttpHead> head_;
  HttpBody body_;
  BodyBudget::Share held_;

  HttpResponseForm form_;
  std::string out_;
  std::size_t written_ = 0;  // of out_
  std::shared_ptr<HttpStream> stream_;
  bool is_stream_chunked_ = false, is_event_stream_ = false;
};

}  // namespace apiary
