#include "device/xdp_program.h"

#include <linux/if_ether.h>

#include <cstddef>

#include "base/big_endian.h"
#include "base/numbers.h"

namespace apiary {
namespace {

enum Register : std::uint8_t { r0, r1, r2, r3, r4, r5, r6, frame_pointer = 10 };

constexpr bpf_insn instruction(int operation, std::uint8_t to, std::uint8_t from, int offset,
                               int value) {
  bpf_insn made{};
  made.code = static_cast<std::uint8_t>(operation);
  made.dst_reg = to & 0xf;
  made.src_reg = from & 0xf;
  made.off = static_cast<std::int16_t>(offset);
  made.imm = value;
  return made;
}

constexpr bpf_insn copy(Register to, Register from) {
  return instruction(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}
constexpr bpf_insn set(Register to, int value) {
  return instruction(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}
constexpr bpf_insn add(Register to, int value) {
  return instruction(BPF_ALU64 | BPF_ADD | BPF_K, to, 0, 0, value);
}
/// Loads 1, 2, 4 or 8 bytes (BPF_B, BPF_H, BPF_W, BPF_DW) of memory.
constexpr bpf_insn load(int size, Register to, Register base, int offset) {
  return instruction(BPF_LDX | BPF_MEM | size, to, base, offset, 0);
}
constexpr bpf_insn store(int size, Register base, int offset, Register from) {
  return instruction(BPF_STX | BPF_MEM | size, base, from, offset, 0);
}
constexpr bpf_insn store_number(int size, Register base, int offset, int value) {
  return instruction(BPF_ST | BPF_MEM | size, base, 0, offset, value);
}
/// Skips `count` instructions if the registers, or a register and a number, compare so.
constexpr bpf_insn skip_if(int relation, Register left, Register right, int count) {
  return instruction(BPF_JMP | relation | BPF_X, left, right, count, 0);
}
constexpr bpf_insn skip_if(int relation, Register left, int right, int count) {
  return instruction(BPF_JMP | relation | BPF_K, left, 0, count, right);
}
constexpr bpf_insn call(bpf_func_id function) {
  return instruction(BPF_JMP | BPF_CALL, 0, 0, 0, function);
}
constexpr bpf_insn leave = instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
/// The first of two instructions that load a map, which the second completes.
constexpr bpf_insn load_map(Register to, int descriptor) {
  return instruction(BPF_LD | BPF_DW | BPF_IMM, to, BPF_PSEUDO_MAP_FD, 0, descriptor);
}
constexpr bpf_insn second_half{};

constexpr int data = offsetof(xdp_md, data), data_end = offsetof(xdp_md, data_end),
              data_meta = offsetof(xdp_md, data_meta),
              receive_queue = offsetof(xdp_md, rx_queue_index);
// Of an untagged frame, in bytes.
constexpr int type_offset = 12, destination_offset = 30, headers_end = 34;
constexpr int to_the_kernel = 0x7fff;  // of a jump, until its length is known
constexpr int key_offset = -8;         // of a SteeredPrefix on the stack
constexpr int group_bit = 1;           // of the first byte of a MAC address

}  // namespace

std::vector<bpf_insn> steering_program(int claimed, int sockets, int largest_frame_bytes) {
  constexpr int ipv4 = in_network_order(std::uint16_t{ETH_P_IP});
  std::vector<bpf_insn> program{
      copy(r6, r1),
      load(BPF_W, r2, r6, data),
      load(BPF_W, r3, r6, data_end),
      copy(r4, r2),
      add(r4, headers_end),
      skip_if(BPF_JGT, r4, r3, to_the_kernel),
      copy(r4, r2),
      add(r4, largest_frame_bytes + 1),
      skip_if(BPF_JLE, r4, r3, to_the_kernel),
      load(BPF_B, r5, r2, 0),
      skip_if(BPF_JSET, r5, group_bit, to_the_kernel),
      load(BPF_H, r5, r2, type_offset),
      skip_if(BPF_JNE, r5, ipv4, to_the_kernel),

      // Is the destination claimed?
      load(BPF_W, r5, r2, destination_offset),
      store(BPF_W, frame_pointer, key_offset + int{offsetof(SteeredPrefix, address)}, r5),
      store_number(BPF_W, frame_pointer, key_offset + int{offsetof(SteeredPrefix, length_bits)},
                   32),
      load_map(r1, claimed),
      second_half,
      copy(r2, frame_pointer),
      add(r2, key_offset),
      call(BPF_FUNC_map_lookup_elem),
      skip_if(BPF_JEQ, r0, 0, to_the_kernel),

      // The time of arrival, if the driver has space for it.
      copy(r1, r6),
      set(r2, -arrival_stamp_bytes),
      call(BPF_FUNC_xdp_adjust_meta),
      skip_if(BPF_JNE, r0, 0, 7),
      call(BPF_FUNC_ktime_get_ns),
      load(BPF_W, r2, r6, data_meta),
      load(BPF_W, r3, r6, data),
      copy(r4, r2),
      add(r4, arrival_stamp_bytes),
      skip_if(BPF_JGT, r4, r3, 1),
      store(BPF_DW, r2, 0, r0),

      // Where the queue has no socket, bpf_redirect_map() returns its last argument.
      load_map(r1, sockets),
      second_half,
      load(BPF_W, r2, r6, receive_queue),
      set(r3, XDP_PASS),
      call(BPF_FUNC_redirect_map),
      leave,

      set(r0, XDP_PASS),
      leave,
  };
  const std::size_t kernel_gets_it = program.size() - 2;
  for (std::size_t i = 0; i < kernel_gets_it; ++i)
    if (program[i].off == to_the_kernel)
      program[i].off = static_cast<std::int16_t>(kernel_gets_it - i - 1);
  return program;
}

}  // namespace apiary
