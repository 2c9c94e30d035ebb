#include "control/control_server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <unistd.h>

#include <cstdlib>

namespace apiary {
namespace {

/// Adds `text` without a copy, as the text of a configuration may be large.
void add_without_copy(evbuffer* output, std::string text) {
  auto* const held = new std::string(std::move(text));
  const auto let_go = [](const void*, std::size_t, void* string) {
    delete static_cast<std::string*>(string);
  };
  if (evbuffer_add_reference(output, held->data(), held->size(), let_go, held) != 0) delete held;
}

}  // namespace

struct ControlServer::Client {
  ControlServer& server;
  ClientId id;
  std::unique_ptr<bufferevent, Free> stream;
};

void ControlServer::Free::operator()(evconnlistener* listener) const {
  evconnlistener_free(listener);
}
void ControlServer::Free::operator()(bufferevent* stream) const { bufferevent_free(stream); }

ControlServer::ControlServer(event_base* events, ControlSocket socket, Handler handler)
    : events_(events), socket_(std::move(socket)), handler_(std::move(handler)) {
  listener_.reset(evconnlistener_new(events, on_connection, this, LEV_OPT_CLOSE_ON_EXEC, 0,
                                     socket_.descriptor()));
}

ControlServer::~ControlServer() = default;

void ControlServer::on_connection(evconnlistener*, evutil_socket_t socket, sockaddr*, int,
                                  void* server) {
  static_cast<ControlServer*>(server)->accept(socket);
}

void ControlServer::accept(evutil_socket_t socket) {
  if (clients_.size() >= max_clients) {
    close(socket);
    return;
  }
  const ClientId id = next_id_++;
  auto client = std::make_unique<Client>(Client{*this, id, {}});
  client->stream.reset(bufferevent_socket_new(events_, socket, BEV_OPT_CLOSE_ON_FREE));
  bufferevent* const stream = client->stream.get();
  if (stream == nullptr) {
    close(socket);
    return;
  }
  const auto on_read = [](bufferevent*, void* context) {
    const auto& self = *static_cast<Client*>(context);
    self.server.on_readable(self.id);
  };
  const auto on_event = [](bufferevent*, short, void* context) {  // end or timeout
    const auto& self = *static_cast<Client*>(context);
    self.server.remove(self.id);
  };
  bufferevent_setcb(stream, on_read, nullptr, on_event, client.get());
  bufferevent_setwatermark(stream, EV_READ, 0, max_request_bytes);
  const timeval patience{client_seconds, 0};
  bufferevent_set_timeouts(stream, &patience, &patience);
  bufferevent_enable(stream, EV_READ);
  clients_.emplace(id, std::move(client));
}

void ControlServer::on_readable(ClientId id) {
  bufferevent* const stream = clients_.at(id)->stream.get();
  evbuffer* const input = bufferevent_get_input(stream);
  std::size_t size = 0;
  const std::unique_ptr<char, decltype(&std::free)> line(
      evbuffer_readln(input, &size, EVBUFFER_EOL_LF), &std::free);
  if (line == nullptr && evbuffer_get_length(input) < max_request_bytes) return;

  bufferevent_disable(stream, EV_READ);  // one request per connection
  if (line == nullptr) return answer(id, {false, "the request is larger than 64 KiB\n"});
  const auto request = parse_control_request({line.get(), size});
  if (!request) return answer(id, {false, "this is not a request of apiary ctl\n"});
  handler_(*request, [this, id](ControlResponse given) { answer(id, std::move(given)); });
}

void ControlServer::answer(ClientId id, ControlResponse given) {
  const auto found = clients_.find(id);
  if (found == clients_.end()) return;  // it has disconnected
  bufferevent* const stream = found->second->stream.get();
  evbuffer* const output = bufferevent_get_output(stream);
  const std::string header = header_of(given);
  evbuffer_add(output, header.data(), header.size());
  if (!given.text.empty()) add_without_copy(output, std::move(given.text));

  const auto on_drained = [](bufferevent*, void* context) {
    const auto& self = *static_cast<Client*>(context);
    self.server.remove(self.id);
  };
  const auto on_event = [](bufferevent*, short, void* context) {
    const auto& self = *static_cast<Client*>(context);
    self.server.remove(self.id);
  };
  bufferevent_setcb(stream, nullptr, on_drained, on_event, found->second.get());
  bufferevent_enable(stream, EV_WRITE);
}

void ControlServer::remove(ClientId id) { clients_.erase(id); }

}  // namespace apiary
