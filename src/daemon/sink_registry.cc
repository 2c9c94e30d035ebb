#include "daemon/sink_registry.h"

#include "sink/honeyd_logs.h"
#include "sink/json_lines_sink.h"
#include "sink/syslog_sink.h"
#include "store/store_sink.h"

namespace apiary {
namespace {

/// A new kind of sink is a file that defines it, and a line here.
constexpr const SinkKind* all_kinds[] = {
    &json_lines_kind,       //
    &store_kind,            //
    &honeyd_packets_kind,   //
    &honeyd_services_kind,  //
    &syslog_unix_kind,      //
    &syslog_udp_kind,       //
    &syslog_tcp_kind,
};

}  // namespace

std::span<const SinkKind* const> sink_kinds() { return all_kinds; }

}  // namespace apiary
