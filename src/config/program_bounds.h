#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "config/statement_parts.h"
#include "session/service_spec.h"

namespace apiary {

class TokenReader;

/// One bound on programs in the language: `set TEMPLATE keyword VALUE`. The defaults
/// are in sandbox/program_limits.h.
struct ProgramBound {
  std::string_view keyword, syntax, summary;
  std::string_view value;                       // "a number of open files", for messages
  std::uint64_t least, most;                    // of the value
  bool is_size = false;                         // written as 128M
  std::string (*explain)(std::uint64_t value);  // "may open 35 files"
  void (*set)(ServicePrivileges& privileges, std::uint64_t value);
  std::optional<std::uint64_t> (*get)(const ServicePrivileges& privileges);
};

// The table: see program_bounds.cc for the texts of explain().
std::string explain_files(std::uint64_t count);
std::string explain_processes(std::uint64_t count);
std::string explain_memory(std::uint64_t bytes);
std::string explain_cpu_time(std::uint64_t seconds);
std::string explain_time(std::uint64_t seconds);
std::string explain_file_size(std::uint64_t bytes);
std::string explain_output(std::uint64_t bytes);

template <auto member>
void set_bound(ServicePrivileges& privileges, std::uint64_t value) {
  auto& bound = privileges.*member;
  bound = static_cast<typename std::remove_reference_t<decltype(bound)>::value_type>(value);
}
template <auto member>
std::optional<std::uint64_t> get_bound(const ServicePrivileges& privileges) {
  return privileges.*member;
}

inline constexpr ProgramBound max_files{
    .keyword = "maxfds",
    .syntax = "maxfds NUMBER",
    .summary = "The most files that each program of the hosts may have open.",
    .value = "a number of open files",
    .least = 4,  // stdin, stdout and stderr take three
    .most = 65536,
    .explain = explain_files,
    .set = set_bound<&ServicePrivileges::open_files>,
    .get = get_bound<&ServicePrivileges::open_files>};
inline constexpr ProgramBound max_processes{
    .keyword = "maxprocesses",
    .syntax = "maxprocesses NUMBER",
    .summary = "The most processes of each program of the hosts, itself included.",
    .value = "a number of processes",
    .least = 1,
    .most = 4096,
    .explain = explain_processes,
    .set = set_bound<&ServicePrivileges::processes>,
    .get = get_bound<&ServicePrivileges::processes>};
inline constexpr ProgramBound max_memory{
    .keyword = "maxmemory",
    .syntax = "maxmemory SIZE",
    .summary = "The most memory of each program of the hosts, such as 128M.",
    .value = "a size of memory",
    .least = 4u << 20,  // less, and interpreters do not start
    .most = std::uint64_t{1} << 40,
    .is_size = true,
    .explain = explain_memory,
    .set = set_bound<&ServicePrivileges::memory_bytes>,
    .get = get_bound<&ServicePrivileges::memory_bytes>};
inline constexpr ProgramBound max_cpu_time{
    .keyword = "maxcpu",
    .syntax = "maxcpu SECONDS",
    .summary = "The most processor time of each process of the hosts' programs.",
    .value = "a number of seconds",
    .least = 1,
    .most = 31'536'000,
    .explain = explain_cpu_time,
    .set = set_bound<&ServicePrivileges::cpu_seconds>,
    .get = get_bound<&ServicePrivileges::cpu_seconds>};
inline constexpr ProgramBound max_time{
    .keyword = "maxtime",
    .syntax = "maxtime SECONDS",
    .summary = "The longest time that each program of the hosts may run.",
    .value = "a number of seconds",
    .least = 1,
    .most = 31'536'000,
    .explain = explain_time,
    .set = set_bound<&ServicePrivileges::wall_seconds>,
    .get = get_bound<&ServicePrivileges::wall_seconds>};
inline constexpr ProgramBound max_file_size{
    .keyword = "maxfilesize",
    .syntax = "maxfilesize SIZE",
    .summary = "The largest file that each program of the hosts may write, such as 1M.",
    .value = "a size of files",
    .least = 0,
    .most = std::uint64_t{1} << 40,
    .is_size = true,
    .explain = explain_file_size,
    .set = set_bound<&ServicePrivileges::file_bytes>,
    .get = get_bound<&ServicePrivileges::file_bytes>};
inline constexpr ProgramBound max_output{
    .keyword = "maxoutput",
    .syntax = "maxoutput SIZE",
    .summary =
        "The most bytes that each program of the hosts may send to its visitor, such as 10M.",
    .value = "a size of output",
    .least = 1,
    .most = std::uint64_t{1} << 50,
    .is_size = true,
    .explain = explain_output,
    .set = set_bound<&ServicePrivileges::output_bytes>,
    .get = get_bound<&ServicePrivileges::output_bytes>};

/// Reads the value of a bound.
std::optional<Located<std::uint64_t>> parse_bound(const ProgramBound& bound, TokenReader& reader);
/// "35", "128M".
std::string format_bound(const ProgramBound& bound, std::uint64_t value);

}  // namespace apiary
