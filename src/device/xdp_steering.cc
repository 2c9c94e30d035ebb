#include "device/xdp_steering.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <linux/if_link.h>

#include <cerrno>
#include <string_view>

#include "base/numbers.h"
#include "device/prefix_difference.h"
#include "device/xdp_program.h"

namespace apiary {
namespace {

// A range of addresses needs 62 prefixes at most. The kernel allocates them as they are added.
constexpr unsigned max_prefixes = 1U << 20;

constexpr std::string_view program_name = "apiary_steering";  // at most 15 characters

SteeredPrefix key_of(const IpPrefix& prefix) {
  return {static_cast<std::uint32_t>(prefix.length()), in_network_order(prefix.first().v4_value())};
}

}  // namespace

tl::expected<XdpSteering, SystemError> XdpSteering::load(unsigned queues,
                                                         std::size_t largest_frame_bytes) {
  const auto fail = [](const char* what) { return tl::unexpected(last_privileged_error(what)); };
  bpf_map_create_opts unallocated{};
  unallocated.sz = sizeof unallocated;
  unallocated.map_flags = BPF_F_NO_PREALLOC;
  FileDescriptor claimed(bpf_map_create(BPF_MAP_TYPE_LPM_TRIE, "apiary_claimed",
                                        sizeof(SteeredPrefix), 1, max_prefixes, &unallocated));
  if (!claimed) return fail("creating a map for XDP");
  FileDescriptor sockets(bpf_map_create(BPF_MAP_TYPE_XSKMAP, "apiary_sockets", sizeof(int),
                                        sizeof(int), queues, nullptr));
  if (!sockets) return fail("creating a map of AF_XDP sockets");
  const std::vector<bpf_insn> code =
      steering_program(claimed.get(), sockets.get(), static_cast<int>(largest_frame_bytes));
  FileDescriptor program(bpf_prog_load(BPF_PROG_TYPE_XDP, program_name.data(), "GPL", code.data(),
                                       code.size(), nullptr));
  if (!program) return fail("loading the XDP program");
  return XdpSteering(std::move(claimed), std::move(sockets), std::move(program));
}

tl::expected<void, SystemError> XdpSteering::check() {
  const auto loaded = load(1, 1);
  if (!loaded) return tl::unexpected(loaded.error());
  return {};
}

bool XdpSteering::is_attached_to(int interface) {
  std::uint32_t id = 0;
  if (bpf_xdp_query_id(interface, 0, &id) != 0 || id == 0) return false;
  const FileDescriptor program(bpf_prog_get_fd_by_id(id));
  bpf_prog_info info{};
  std::uint32_t size = sizeof info;
  return program && bpf_obj_get_info_by_fd(program.get(), &info, &size) == 0 &&
         program_name == info.name;
}

tl::expected<void, SystemError> XdpSteering::add_socket(unsigned queue, int socket) {
  if (bpf_map_update_elem(sockets_.get(), &queue, &socket, BPF_ANY) != 0)
    return tl::unexpected(last_privileged_error("registering an AF_XDP socket"));
  return {};
}

tl::expected<XdpMode, SystemError> XdpSteering::attach(const std::string& interface, int index,
                                                       bool generic_only) {
  const auto attach_in = [&](std::uint32_t mode) {
    bpf_link_create_opts options{};
    options.sz = sizeof options;
    options.flags = mode;
    link_ = FileDescriptor(bpf_link_create(program_.get(), index, BPF_XDP, &options));
    return static_cast<bool>(link_);
  };
  if (!generic_only && attach_in(XDP_FLAGS_DRV_MODE)) return XdpMode::native;
  const bool is_occupied = !generic_only && (errno == EBUSY || errno == EEXIST);
  if (!is_occupied && attach_in(XDP_FLAGS_SKB_MODE)) return XdpMode::generic;
  if (errno == EBUSY || errno == EEXIST)
    return tl::unexpected(SystemError{
        fmt::format("{} has an XDP program of somebody else; use --io packet", interface), errno});
  return tl::unexpected(
      last_privileged_error(fmt::format("{}: attaching the XDP program", interface)));
}

tl::expected<void, SystemError> XdpSteering::change_to(const AddressSet& addresses) {
  std::vector<IpPrefix> next = addresses.prefixes();
  const std::uint8_t unused = 0;
  for (const IpPrefix& prefix : without(next, present_)) {
    const SteeredPrefix key = key_of(prefix);
    if (bpf_map_update_elem(claimed_.get(), &key, &unused, BPF_ANY) != 0)
      return tl::unexpected(last_system_error(
          fmt::format("passing frames for {} to AF_XDP (needs Linux 5.19)", to_string(prefix))));
  }
  for (const IpPrefix& prefix : without(present_, next)) {
    const SteeredPrefix key = key_of(prefix);
    bpf_map_delete_elem(claimed_.get(), &key);
  }
  present_ = std::move(next);
  return {};
}

}  // namespace apiary
