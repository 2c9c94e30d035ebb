#include "parse_script.h"

#include <fmt/format.h>

#include "parse_packet.h"
#include "parse_step.h"
#include "scanner.h"

namespace apiary::script {
namespace {

Script script_with_defaults() {
  Script script;
  script.settings.interfaces = {{LinkLayer::raw_ip, our_mac, 1500}};
  script.settings.host_key = {1, 2};
  return script;
}

void parse_flow(Scanner& scanner, Script& script) {
  NamedFlow flow;
  if (!parse_ip_address(scanner.peek_word("."))) {
    flow.name = scanner.word("a name, or an address");
    scanner.expect("=");
  }
  const auto endpoint = [&] {
    Endpoint end{scanner.address(), {}};
    if (scanner.take(":"))
      end.port.number = static_cast<std::uint16_t>(scanner.number("a port", 65535));
    return end;
  };
  flow.key.remote = endpoint();
  scanner.expect(">");
  flow.key.local = endpoint();
  script.flows.push_back(flow);
}

void parse_arp_mode(Scanner& scanner, Script& script) {
  if (scanner.take("ask_first")) {
    script.settings.arp = ArpMode::ask_first;
  } else if (scanner.take("force")) {
    script.settings.arp = ArpMode::force;
  } else if (scanner.take("off")) {
    script.settings.arp = ArpMode::off;
  } else {
    scanner.fail("ask_first, force or off");
  }
}

void parse_limit(Scanner& scanner, Limits& limits) {
  constexpr std::pair<std::string_view, std::size_t Limits::*> sizes[] = {
      {"hosts", &Limits::hosts},
      {"connections", &Limits::connections},
      {"half_open_connections", &Limits::half_open_connections},
      {"unusual_half_open_connections", &Limits::unusual_half_open_connections},
      {"send_buffer_bytes", &Limits::send_buffer_bytes},
      {"max_send_buffer_bytes", &Limits::max_send_buffer_bytes},
      {"receive_buffer_bytes", &Limits::receive_buffer_bytes},
      {"out_of_order_bytes", &Limits::out_of_order_bytes},
      {"reassembly_bytes", &Limits::reassembly_bytes},
      {"reassembly_datagrams", &Limits::reassembly_datagrams},
      {"udp_flows", &Limits::udp_flows},
      {"tarpit_connections", &Limits::tarpit_connections},
      {"broadcast_receivers", &Limits::broadcast_receivers},
  };
  for (const auto& [name, member] : sizes)
    if (scanner.take(name)) {
      limits.*member = scanner.number("the limit", std::size_t{1} << 40);
      return;
    }
  constexpr std::pair<std::string_view, double Limits::*> rates[] = {
      {"icmp_errors_burst", &Limits::icmp_errors_burst},
      {"reply_factor", &Limits::reply_factor},
      {"reply_burst_bytes", &Limits::reply_burst_bytes},
      {"reply_bytes_per_second", &Limits::reply_bytes_per_second},
      {"datagram_bytes_per_second", &Limits::datagram_bytes_per_second},
  };
  for (const auto& [name, member] : rates)
    if (scanner.take(name)) {
      limits.*member = static_cast<double>(scanner.number("a number", std::size_t{1} << 40));
      return;
    }
  scanner.fail("the name of a limit (host/limits.h)");
}

void parse_claim(Scanner& scanner, Script& script) {
  const auto range = parse_address_range(scanner.peek_word("./-"));
  if (!range) return scanner.fail("an address, a prefix or a range");
  scanner.word("", "./-");
  script.settings.claimed.add(*range);
}

/// `network 10.0.0.2/24`: our own address on the link, and its network.
void parse_network(Scanner& scanner, Script& script) {
  const std::string text(scanner.peek_word("./"));
  const auto network = parse_ip_prefix(text);
  const auto own = parse_ip_address(text.substr(0, text.find('/')));
  if (!network || !own) return scanner.fail("an address and the length of its network");
  scanner.word("", "./");
  script.settings.interfaces.front().networks.push_back({*network, *own});
}

void parse_setting(Scanner& scanner, Script& script) {
  if (scanner.take("flow")) {
    parse_flow(scanner, script);
  } else if (scanner.take("link ethernet")) {
    script.settings.interfaces.front().link_layer = LinkLayer::ethernet;
  } else if (scanner.take("link raw")) {
    script.settings.interfaces.front().link_layer = LinkLayer::raw_ip;
  } else if (scanner.take("mtu")) {
    script.settings.interfaces.front().mtu_bytes = scanner.number("bytes", 1500);
  } else if (scanner.take("seed")) {
    script.settings.seed = scanner.number("a seed", ~std::uint64_t{0});
  } else if (scanner.take("arp")) {
    parse_arp_mode(scanner, script);
  } else if (scanner.take("claim")) {
    parse_claim(scanner, script);
  } else if (scanner.take("network")) {
    parse_network(scanner, script);
  } else if (scanner.take("limit")) {
    parse_limit(scanner, script.settings.limits);
  } else {
    scanner.fail(
        "a time, or config, fingerprints, flow, link, network, mtu, arp, claim, limit or seed");
  }
  if (scanner.ok() && !scanner.at_end()) scanner.fail("the end of the line");
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// The lines after `at` up to "end"; moves `at` to that. Nothing if there is no "end".
std::optional<std::string> take_block(const std::vector<std::string>& lines, std::size_t& at) {
  std::string block;
  for (++at; at < lines.size(); ++at) {
    if (lines[at] == "end") return block;
    block += lines[at] + "\n";
  }
  return {};
}

std::string error_message(const Script& script, std::size_t line, std::size_t column,
                          std::string_view expected) {
  return fmt::format("line {}, column {}: expected {}\n    {}\n    {}^", line, column + 1, expected,
                     script.lines[line - 1], std::string(column, ' '));
}

}  // namespace

tl::expected<Script, std::string> parse_script(std::string_view text) {
  Script script = script_with_defaults();
  script.lines = split_lines(text);
  for (std::size_t at = 0; at < script.lines.size(); ++at) {
    const std::size_t line = at + 1;
    Scanner scanner(script.lines[at]);
    if (scanner.at_end()) continue;
    if (scanner.sees("config") || scanner.sees("fingerprints")) {
      std::string& target = scanner.sees("config") ? script.configuration : script.fingerprints;
      auto block = take_block(script.lines, at);
      if (!block)
        return tl::unexpected(error_message(script, line, 0, "a line 'end' after this block"));
      target += *block;
    } else if (auto time = parse_step_time(scanner)) {
      script.steps.push_back({line, *time, parse_action(scanner)});
    } else {
      parse_setting(scanner, script);
    }
    if (!scanner.ok())
      return tl::unexpected(error_message(script, line, scanner.column(), scanner.error()));
  }
  if (script.settings.claimed.empty())
    script.settings.claimed.add(IpPrefix{IpAddress::v4(10, 0, 0, 0), 8});
  if (script.steps.empty()) return tl::unexpected(std::string("the script has no steps"));
  return script;
}

}  // namespace apiary::script
