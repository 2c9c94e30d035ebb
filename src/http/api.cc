#include "http/api.h"

#include <algorithm>
#include <charconv>

#include "base/json_writer.h"
#include "control/daemon_interface.h"
#include "control/metrics.h"
#include "control/readiness.h"
#include "control/reports.h"
#include "http/dashboard.h"
#include "http/event_stream.h"
#include "http/export.h"
#include "http/parameters.h"
#include "sink/live_feed.h"
#include "sink/wall_clock.h"

namespace apiary {
namespace {

using Reply = DaemonInterface::Reply;

constexpr std::size_t max_events = 1'000;
constexpr std::size_t max_hosts = 1'000;
constexpr std::size_t max_exported = 65'536;  // hosts, or conversations

double seconds_of(Instant at) { return static_cast<double>(at.time_since_epoch().count()) / 1e9; }

/// The hosts, each with the number of its contacts and its last one.
std::string hosts_json(const FoundHosts& found, LiveFeed& feed) {
  std::vector<IpAddress> addresses;
  for (const FoundHost& host : found.hosts) addresses.push_back(host.address);
  const auto contacts = feed.contacts_of(addresses);
  return json_object_text([&](JsonWriter& json) {
    json.member("total", found.total);
    json.begin_array("hosts");
    for (std::size_t i = 0; i < found.hosts.size(); ++i) {
      const FoundHost& host = found.hosts[i];
      json.begin_object_element();
      json.member("address", to_string(host.address));
      json.member("template", host.template_name);
      json.member("personality", host.personality);
      if (host.mac) json.member("mac", to_string(*host.mac));
      json.member("contacts", contacts[i] ? contacts[i]->count : 0);
      if (contacts[i]) {
        json.member("last_contact", seconds_of(contacts[i]->last));
        json.member("last_source", to_string(contacts[i]->last_source));
      } else {
        json.null_member("last_contact");
        json.null_member("last_source");
      }
      json.end_object();
    }
    json.end_array();
  });
}

HttpResponse of_json(std::string json) { return {.body = std::move(json)}; }

/// The rest of `path` after `prefix`; nothing: `path` does not begin with it, or ends there.
std::optional<std::string> behind(const std::string& path, std::string_view prefix) {
  if (!path.starts_with(prefix) || path.size() == prefix.size()) return {};
  return path.substr(prefix.size());
}

HttpResponse bad_request(const std::string& sentence) { return http_error(400, sentence); }

/// The methods of a resource.
std::string_view methods_of(const std::string& path) {
  if (path == "*") return "OPTIONS";
  if (path == "/api/configuration/check" || path == "/api/reload") return "POST, OPTIONS";
  if (path == "/api/configuration") return "GET, HEAD, PUT, OPTIONS";
  return "GET, HEAD, OPTIONS";
}

bool is_in(std::string_view list, const std::string& word) {
  return (", " + std::string(list) + ",").find(", " + word + ",") != std::string::npos;
}

}  // namespace

HttpResponse WebApi::ask(const DaemonClient::Question& question, std::chrono::seconds patience) {
  auto answer = daemon_.ask(question, patience);
  if (!answer) return http_error(503, "the daemon did not answer in time: try again");
  if (!answer->ok) return http_error(404, answer->text);
  return of_json(std::move(answer->text));
}

std::optional<HttpResponse> WebApi::refuse(const HttpRequest& request, bool has_body) {
  const std::string& method = request.method;
  if (!is_in("GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH", method))
    return http_error(501, "unknown method " + method);
  if (const auto methods = methods_of(request.path); !is_in(methods, method)) {
    HttpResponse answer = http_error(405, request.path + " takes " + std::string(methods));
    answer.allow = methods;
    return answer;
  }
  if (auto refusal = guard_.refuse(request)) return refusal;
  const bool takes_text = request.path.starts_with("/api/configuration") && method != "GET";
  if (takes_text && method != "OPTIONS" && !has_body)
    return http_error(411, "the request needs a body: the text of a configuration");
  return {};
}

HttpLane lane_of(const HttpRequest& request) {
  const std::string& path = request.path;
  if (path == "/metrics" || path == "/healthz" || path == "/readyz") return HttpLane::health;
  if (!path.starts_with("/api/")) return HttpLane::dashboard;
  return request.method == "GET" ? HttpLane::reading : HttpLane::changing;
}

HttpLane WebApi::lane(const HttpRequest& request) { return lane_of(request); }

HttpResponse WebApi::answer(const HttpRequest& request) {
  if (request.method == "OPTIONS")
    return {.status = 204, .allow = std::string(methods_of(request.path))};
  if (request.method != "GET") return answer_change(request);
  if (request.path == "/metrics") return metrics();
  if (request.path == "/healthz") return health(false);
  if (request.path == "/readyz") return health(true);
  if (request.path.starts_with("/api/")) return answer_api(request);
  return answer_dashboard(request);
}

HttpResponse WebApi::answer_api(const HttpRequest& request) {
  const std::string& path = request.path;
  for (const char* const name : {"limit", "offset"})
    if (const std::string text = request.parameter(name); !text.empty() && !is_number(text))
      return bad_request("'" + text + "' is not a number for " + name);
  if (path == "/api/status") return status(request);
  if (path == "/api/events") return events(request);
  if (path == "/api/stream") return stream(request);
  if (path == "/api/activity") return of_json(feed_->activity_json(wall_clock()));
  if (path == "/api/visitors") return of_json(feed_->visitors_json(wall_clock()));
  if (path == "/api/sessions") return sessions(request, max_events);
  if (const auto what = behind(path, "/api/export/")) return export_of(*what, request);
  if (const auto id = behind(path, "/api/session/")) {
    auto session = feed_->session_json(*id);
    return session ? of_json(std::move(*session))
                   : http_error(404, "unknown or expired conversation");
  }
  if (const auto address = behind(path, "/api/source/")) return source(*address);
  if (path == "/api/topology")
    return ask([](DaemonInterface& daemon, const Reply& reply) { daemon.draw_topology(reply); });
  if (path == "/api/configuration")
    return ask(
        [](DaemonInterface& daemon, const Reply& reply) { daemon.show_configuration(reply); });
  if (path == "/api/audit")
    return ask([](DaemonInterface& daemon, const Reply& reply) { daemon.audit(reply); });
  if (path == "/api/hosts") return hosts(request, max_hosts);
  if (const auto text = behind(path, "/api/host/")) {
    const auto address = parse_ip_address(*text);
    if (!address) return bad_request("'" + *text + "' is not an IPv4 address");
    return ask([address = *address](DaemonInterface& daemon, const Reply& reply) {
      daemon.explain(address, reply);
    });
  }
  return http_error(404, "there is no " + path);
}

HttpResponse WebApi::answer_change(const HttpRequest& request) {
  const std::string& text = request.body;
  if (request.method == "POST" && request.path == "/api/configuration/check")
    return ask([text](DaemonInterface& daemon, const Reply& reply) { daemon.check(text, reply); });
  const auto result_to = [](const Reply& reply) -> Reply {
    return [reply](const ControlResponse& answer) {
      reply({true, json_object_text([&](JsonWriter& json) {
               json.member("ok", answer.ok);
               json.member("text", answer.text);
             })});
    };
  };
  if (request.method == "PUT" && request.path == "/api/configuration")
    return ask([text, result_to](DaemonInterface& daemon, const Reply& reply) {
      daemon.replace(text, result_to(reply));
    });
  if (request.method == "POST" && request.path == "/api/reload")
    return ask([result_to](DaemonInterface& daemon, const Reply& reply) {
      daemon.reload(result_to(reply));
    });
  return http_error(405, request.method + " " + request.path + " does nothing");
}

HttpResponse WebApi::status(const HttpRequest& request) {
  return ask(
      [may_change = guard_.bears_token(request)](DaemonInterface& daemon, const Reply& reply) {
        reply({true, json_object_text([&](JsonWriter& json) {
                 write_status(json, daemon.status());
                 json.member("now", seconds_of(wall_clock()));
                 json.member("may_change", may_change);
               })});
      });
}

HttpResponse WebApi::events(const HttpRequest& request) {
  const auto filter = filter_of(request);
  if (!filter) return bad_request(filter.error());
  return of_json(feed_->latest_json(*filter, number_of(request, "limit", 200, max_events),
                                    request.parameter("before")));
}

HttpResponse WebApi::sessions(const HttpRequest& request, std::size_t most) {
  auto flow = filter_of(request);
  if (!flow) return bad_request(flow.error());
  flow->kinds = EventKinds::all();
  const std::string with = request.parameter("credentials");
  if (!with.empty() && with != "1") return bad_request("credentials can only be 1");
  const SessionFilter filter{*flow, request.parameter("address"), with == "1"};
  return of_json(feed_->sessions_json(number_of(request, "limit", 200, most), filter));
}

HttpResponse WebApi::hosts(const HttpRequest& request, std::size_t most) {
  HostQuery query{.offset = number_of(request, "offset", 0, SIZE_MAX),
                  .limit = number_of(request, "limit", 200, most),
                  .text = request.parameter("query")};
  const std::string order = request.parameter("order");
  if (order == "contact")
    query.among = feed_->contacted_hosts();
  else if (!order.empty() && order != "address")
    return bad_request("order must be address or contact");
  return ask([query, feed = feed_](DaemonInterface& daemon, const Reply& reply) {
    daemon.in_background(
        [query, feed, directory = daemon.hosts()] {
          return hosts_json(find_hosts(directory, query), *feed);
        },
        reply);
  });
}

HttpResponse WebApi::export_of(const std::string& what, HttpRequest request) {
  const std::string name = request.parameter("format");
  if (name != "csv" && name != "json" && !name.empty())
    return bad_request("format must be csv or json");
  const ExportFormat format = name == "json" ? ExportFormat::json : ExportFormat::csv;
  if (what == "events") {
    const auto filter = filter_of(request);
    if (!filter) return bad_request(filter.error());
    return export_events(feed_, *filter, format);
  }
  if (what != "sessions" && what != "hosts")
    return http_error(404, "there is no export of " + what);
  if (request.parameter("limit").empty())
    request.parameters.emplace("limit", std::to_string(max_exported));
  const bool is_of_hosts = what == "hosts";
  const HttpResponse list =
      is_of_hosts ? hosts(request, max_exported) : sessions(request, max_exported);
  if (list.status != 200) return list;
  return is_of_hosts ? export_hosts(list.body, format) : export_sessions(list.body, format);
}

HttpResponse WebApi::stream(const HttpRequest& request) {
  const auto filter = filter_of(request);
  if (!filter) return bad_request(filter.error());
  return {.type = "text/event-stream", .stream = EventStream(feed_, *filter)};
}

HttpResponse WebApi::source(const std::string& text) {
  const auto address = parse_ip_address(text);
  if (!address) return bad_request("'" + text + "' is not an IPv4 address");
  return of_json(feed_->source_json(*address, max_events));
}

HttpResponse WebApi::metrics() {
  HttpResponse answer = ask_briefly([](DaemonInterface& daemon, const Reply& reply) {
    reply({true, metrics_text(daemon.status())});
  });
  if (answer.status == 200) answer.type = "text/plain; version=0.0.4; charset=utf-8";
  return answer;
}

/// Healthy: the loop responds. Ready: also all interfaces, sinks and services work.
HttpResponse WebApi::health(bool wants_readiness) {
  HttpResponse answer = ask_briefly([wants_readiness](DaemonInterface& daemon, const Reply& reply) {
    std::string reasons;
    if (wants_readiness)
      for (const std::string& reason : reasons_not_ready(daemon.status())) reasons += reason + "\n";
    reply({true, reasons});
  });
  answer.type = "text/plain; charset=utf-8";
  if (answer.status != 200) return answer;
  if (answer.body.empty())
    answer.body = "ok\n";
  else
    answer.status = 503;
  return answer;
}

}  // namespace apiary
