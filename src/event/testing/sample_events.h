#pragma once

// For tests and benchmarks only: an event of every kind, as they are met.

#include "event/event.h"

namespace apiary {

inline std::vector<Event> sample_events() {
  const FlowKey tcp{
      {IpAddress::v4(192, 0, 2, 9), {50312}}, {IpAddress::v4(10, 1, 0, 2), {80}}, IpProtocol::tcp};
  const FlowKey udp{
      {IpAddress::v4(192, 0, 2, 9), {50313}}, {IpAddress::v4(10, 1, 0, 2), {53}}, IpProtocol::udp};
  const FlowKey icmp{
      {IpAddress::v4(192, 0, 2, 9), {}}, {IpAddress::v4(10, 1, 0, 2), {}}, IpProtocol::icmp};
  const Instant began{seconds{1'764'047'640}};
  const EventId flow{0x19ab'8a95'4d40'0000, 7};
  const MacAddress mac{{0x00, 0x0c, 0x29, 0x01, 0x02, 0x03}};
  using namespace events;
  const std::vector<EventBody> all = {
      Contact{.flow = tcp, .type = ProbeType::connection_request, .template_name = "server"},
      Contact{.flow = udp, .type = ProbeType::datagram, .payload = std::string("\0\1?", 3)},
      Contact{.flow = icmp, .type = ProbeType::echo_request, .icmp_type = 8},
      ContactEnd{tcp.remote.address, tcp.local.address, began, {.icmp = 1, .tcp = 7}},
      Contact{.flow = tcp,
              .type = ProbeType::handshake_begun,
              .template_name = "server",
              .visitor_system = "Hive OS 3.x",
              .visitor_signature = "4:64:0:1460:mss*20,7:mss,sok,ts,nop,ws:df,id+:0"},
      FlowStart{tcp, "server", "Hive OS 3.x", "4:64:0:1460:mss*20,7:mss,sok,ts,nop,ws:df,id+:0"},
      Payload{.flow = tcp,
              .start = flow,
              .bytes = "GET / HTTP/1.1\r\nHost: 10.1.0.2\r\nUser-Agent: curl/7.88.1\r\n\r\n"},
      Payload{.flow = tcp,
              .start = flow,
              .from_visitor = false,
              .bytes = "HTTP/1.1 200 OK\r\nServer: Apache\r\n\r\n<html>\xff</html>\n"},
      Note{tcp, flow, "sh scripts/web.sh", "GET \"/\" 200 agent=\"curl/7.88.1\""},
      Note{tcp, flow, "sh scripts/web.sh", "killed by signal 11 (Segmentation fault)",
           ServiceExit{.signal = 11}},
      Note{tcp, flow, "sh scripts/web.sh", "exited with status 0", ServiceExit{}},
      Note{{}, {}, "spawner", "the process that starts services has died: scripts cannot run"},
      events::Attempt{tcp, flow, "sh scripts/web.sh", "ptrace"},
      events::Attempt{tcp,
                      flow,
                      "sh scripts/web.sh",
                      "connect",
                      Endpoint{IpAddress::v4(203, 0, 113, 9), Port{4444}},
                      {},
                      AttemptKind::message},
      events::Attempt{
          tcp, flow, "sh scripts/web.sh", "openat", {}, "/etc/shadow\xff", AttemptKind::read_file},
      events::Attempt{tcp, flow, "sh scripts/web.sh", "fork", {}, {}, AttemptKind::fork},
      events::File{tcp, flow, "sh scripts/web.sh", "/tmp/\x1b[2J\xff", 3,
                   Sha256{0xba, 0x78, 0x16, 0xbf}},
      events::File{tcp, flow, "sh scripts/web.sh", "/dev/shm/large", 99'000'000},
      Credential{tcp, flow, "perl scripts/router-telnet.pl", "admin", "\x1b[2J\xff"},
      events::FlowEnd{.flow = tcp,
                      .start = flow,
                      .opened = began,
                      .received_bytes = 81,
                      .sent_bytes = 477,
                      .received_packets = 6,
                      .sent_packets = 5,
                      .end = apiary::FlowEndReason::closed,
                      .cut = true},
      Scan{.source = tcp.remote.address,
           .began = began,
           .is_over = true,
           .hosts = {65'101, Distinct::How::estimate},
           .ports = {2},
           .packets = {.tcp = 131'072},
           .lowest_host = IpAddress::v4(10, 1, 0, 0),
           .highest_host = IpAddress::v4(10, 1, 255, 255),
           .first_ports = {22, 80}},
      Icmp{icmp, 13, 0},
      events::AddressInUse{tcp.local.address, mac, false},
      Lease{.address = tcp.local.address,
            .mac = mac,
            .server = IpAddress::v4(10, 1, 0, 1),
            .template_name = "desk"},
      Lease{.address = tcp.local.address,
            .mac = mac,
            .server = IpAddress::v4(0),
            .template_name = "desk",
            .is_gained = false,
            .why = "it expired"},
      DaemonEvent{DaemonEvent::Kind::start,
                  "answering for 10.0.0.0/8 (16777216 addresses) on eth0"},
      DaemonEvent{DaemonEvent::Kind::reload_failed,
                  "my.conf was not loaded again: my.conf:3: error"},
      DaemonEvent{DaemonEvent::Kind::trouble, "eth0: the interface is down"},
      Limit{"connection_limit", "too many connections", 12, 40},
      EventsLost{"events to /var/log/apiary.jsonl",
                 {{EventKind::contact, 12}, {EventKind::flow_start, 3}}},
      PacketsLost{"eth0", 12, 40},
      DaemonEvent{DaemonEvent::Kind::recovery,
                  "events to /var/log/apiary.jsonl: written again; 15 lost"},
      events::Packet{tcp, ProbeType::stray_segment, 60, 0x02},
      events::Packet{icmp, ProbeType::echo_request, 84, 0, 8, 0},
  };
  std::vector<Event> events;
  EventIds ids(0x1234'5678'9abc);
  Instant at = began + milliseconds{1};
  for (const EventBody& what : all) {
    events.push_back({ids.next(at), at, what});
    at += microseconds{333};
  }
  return events;
}

}  // namespace apiary
