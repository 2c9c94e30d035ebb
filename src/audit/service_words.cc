#include "audit/service_words.h"

#include <algorithm>
#include <array>

namespace apiary {
namespace {

using namespace std::string_literals;

bool is_any_of(Port port, std::initializer_list<std::uint16_t> ports) {
  return std::ranges::find(ports, port.number) != ports.end();
}

void put_word(std::string& text, std::size_t value) {
  text += static_cast<char>(value >> 8 & 0xff);
  text += static_cast<char>(value & 0xff);
}

}  // namespace

ServiceKind service_kind(Port port, std::string_view banner) {
  if (banner.starts_with("SSH-")) return ServiceKind::ssh;
  if (banner.starts_with("HTTP/")) return ServiceKind::http;
  if (banner.starts_with("+OK")) return ServiceKind::pop3;
  if (banner.starts_with("* OK")) return ServiceKind::imap;
  if (banner.starts_with("220"))
    return is_any_of(port, {25, 465, 587}) ? ServiceKind::smtp : ServiceKind::ftp;
  if (banner.find("ogin:") != banner.npos || banner.find("sername:") != banner.npos ||
      banner.starts_with("\xff"))
    return ServiceKind::telnet;
  if (banner.empty() && is_any_of(port, {80, 443, 631, 8000, 8080, 8443, 8888, 9200}))
    return ServiceKind::http;
  return ServiceKind::unknown;
}

bool speaks_tls(Port port) { return is_any_of(port, {443, 465, 636, 993, 995, 8443}); }

bool speaks_to_anyone(Port port) {
  return is_any_of(port, {13,  19,  21,   22,   23,   25,   37,   80,   110,  143,
                          587, 631, 2222, 2323, 3306, 5900, 8000, 8080, 8888, 9200});
}

std::string request_for(Port port, std::string_view banner) {
  switch (service_kind(port, banner)) {
    case ServiceKind::ssh:
      return "SSH-2.0-OpenSSH_9.2p1\r\n";
    case ServiceKind::ftp:
      return "SYST\r\n";
    case ServiceKind::smtp:
      return "EHLO mail.example.org\r\n";
    case ServiceKind::pop3:
      return "CAPA\r\n";
    case ServiceKind::imap:
      return "a1 CAPABILITY\r\n";
    case ServiceKind::telnet:
      return "\r\n";
    case ServiceKind::http:
    case ServiceKind::unknown:
      break;
  }
  return "GET / HTTP/1.0\r\n\r\n";
}

const std::vector<std::string>& nonsense_for(ServiceKind kind) {
  static const std::vector<std::string> http = {
      "GET\r\n\r\n",
      "get / http/1.0\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET /%00%ff HTTP/1.0\r\n\r\n",
      "GET /no-such-page-4711 HTTP/1.0\r\n\r\n",
      "\x16\x03\x01\r\n\r\n",
  };
  static const std::vector<std::string> ssh = {
      "GET / HTTP/1.0\r\n\r\n",
      "SSH-1.0-x\r\n",
      "SSH-2.2-x\n\n\n\n\n",
      "\r\n\r\n\r\n\r\n",
  };
  static const std::vector<std::string> command_lines = {
      "FROB\r\n",
      "GET / HTTP/1.0\r\n",
      "\x01\x02\x03\r\n",
      "PASS\r\n",
  };
  static const std::vector<std::string> telnet = {"GET / HTTP/1.0\r\n\r\n"};
  static const std::vector<std::string> unknown = {"\r\n\r\n", "help\r\n", "\x01\x02\x03\x04\r\n"};
  switch (kind) {
    case ServiceKind::http:
      return http;
    case ServiceKind::ssh:
      return ssh;
    case ServiceKind::ftp:
    case ServiceKind::smtp:
    case ServiceKind::pop3:
    case ServiceKind::imap:
      return command_lines;
    case ServiceKind::telnet:
      return telnet;
    case ServiceKind::unknown:
      break;
  }
  return unknown;
}

std::vector<std::string> login_for(ServiceKind kind) {
  switch (kind) {
    case ServiceKind::ftp:
    case ServiceKind::pop3:
      return {"USER qzxvauditor\r\n", "PASS w8-no-such-word\r\n"};
    case ServiceKind::imap:
      return {"a1 LOGIN qzxvauditor w8-no-such-word\r\n"};
    case ServiceKind::telnet:
      return {"qzxvauditor\r\n", "w8-no-such-word\r\n", "id\r\n"};
    case ServiceKind::http:
    case ServiceKind::ssh:
    case ServiceKind::smtp:
    case ServiceKind::unknown:
      break;
  }
  return {};
}

std::string client_hello() {
  constexpr std::array<std::uint16_t, 8> suites{0xc02f, 0xc02b, 0xc030, 0xc02c,
                                                0xc013, 0xc014, 0x002f, 0x0035};
  std::string body = "\x03\x03"s + std::string(32, 'a');  // TLS 1.2, the random number
  body += '\0';                                           // no session
  put_word(body, suites.size() * 2);
  for (const std::uint16_t suite : suites) put_word(body, suite);
  body += "\x01\0"s;  // no compression
  // supported_groups: x25519, secp256r1; ec_point_formats; signature_algorithms.
  const std::string extensions =
      "\0\x0a\0\x06\0\x04\0\x1d\0\x17"s + "\0\x0b\0\x02\x01\0"s +
      "\0\x0d\0\x0e\0\x0c\x04\x03\x08\x04\x04\x01\x05\x03\x05\x01\x02\x01"s;
  put_word(body, extensions.size());
  body += extensions;
  std::string handshake = "\x01\0"s;
  put_word(handshake, body.size());
  handshake += body;
  std::string record = "\x16\x03\x01"s;
  put_word(record, handshake.size());
  return record + handshake;
}

}  // namespace apiary
