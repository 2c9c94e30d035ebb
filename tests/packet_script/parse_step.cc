#include "parse_step.h"

#include "parse_packet.h"

namespace apiary::script {
namespace {

/// Seconds with up to nine decimals.
Duration parse_seconds(Scanner& scanner) {
  const std::string text = scanner.word("a time in seconds", ".");
  const auto point = std::min(text.find('.'), text.size());
  std::string fraction = point < text.size() ? text.substr(point + 1) : "";
  const bool all_digits = text.find_first_not_of("0123456789.") == std::string::npos;
  if (!all_digits || fraction.size() > 9 || point == 0 || point > 9) {
    scanner.fail("a time in seconds, such as 0.020");
    return {};
  }
  fraction.resize(9, '0');
  return seconds{std::stol(text.substr(0, point))} + nanoseconds{std::stol(fraction)};
}

StreamText parse_stream_text(Scanner& scanner) {
  if (scanner.sees("\"")) {
    StreamText stream{scanner.quoted(), 0};
    stream.length = stream.text.size();
    return stream;
  }
  return {{}, scanner.number("text, or how many bytes", 1 << 30)};
}

ExpectDropped parse_dropped(Scanner& scanner) {
  const std::string name = scanner.word("the name of a drop reason, such as bad_checksum");
  for (std::uint8_t i = 0; i < static_cast<std::uint8_t>(DropReason::count_); ++i)
    if (const auto reason = static_cast<DropReason>(i); name_of(reason) == name)
      return {reason, scanner.number("how many packets", 1 << 30)};
  scanner.fail("the name of a drop reason, such as bad_checksum");
  return {};
}

decltype(Step::action) parse_service(Scanner& scanner) {
  std::string flow;
  if (const std::string name = scanner.peek_word(); scanner.take(name + ":")) flow = name;
  if (scanner.take("connects"))
    return ServiceDoes{
        flow, ServiceAct::connects, {}, scanner.take("by udp") ? IpProtocol::udp : IpProtocol::tcp};
  if (scanner.take("connection fails"))
    return ServiceIsAsked{flow, ServiceAsk::connect_fails, {}, scanner.quoted()};
  if (scanner.take("says")) return ServiceDoes{flow, ServiceAct::says, parse_stream_text(scanner)};
  if (scanner.take("ends")) return ServiceDoes{flow, ServiceAct::ends, {}};
  if (scanner.take("fails")) return ServiceDoes{flow, ServiceAct::fails, {}};
  if (scanner.take("opens"))
    return ServiceIsAsked{
        flow, ServiceAsk::opens, {}, scanner.sees("\"") ? scanner.quoted() : std::string{}};
  if (scanner.take("gets"))
    return ServiceIsAsked{flow, ServiceAsk::gets, parse_stream_text(scanner), {}};
  if (scanner.take("input ends")) return ServiceIsAsked{flow, ServiceAsk::input_ends, {}, {}};
  if (scanner.take("closes")) return ServiceIsAsked{flow, ServiceAsk::closes, {}, {}};
  scanner.fail(
      "connects, 'connection fails', opens, gets, says, 'input ends', ends, fails or closes");
  return ExpectNoReply{};
}

decltype(Step::action) parse_one_action(Scanner& scanner) {
  if (scanner.take("<")) return InjectPacket{parse_packet(scanner)};
  if (scanner.take(">")) return ExpectPacket{parse_packet(scanner)};
  if (scanner.take("no reply")) return ExpectNoReply{};
  if (scanner.take("dropped")) return parse_dropped(scanner);
  if (scanner.take("service")) return parse_service(scanner);
  scanner.fail("'<', '>', 'no reply', 'dropped' or 'service'");
  return ExpectNoReply{};
}

}  // namespace

std::optional<StepTime> parse_step_time(Scanner& scanner) {
  if (scanner.take("*")) return StepTime{true, {}, hours{24}};
  StepTime time;
  time.relative = scanner.take("+");
  const std::string first = scanner.peek_word(".");
  if (!time.relative && (first.empty() || first[0] < '0' || first[0] > '9')) return {};
  time.earliest = time.latest = parse_seconds(scanner);
  if (scanner.take("~")) {
    if (scanner.take("+") != time.relative) scanner.fail("two times of the same kind");
    time.latest = parse_seconds(scanner);
    if (time.latest < time.earliest) scanner.fail("a range of times in order");
  }
  return time;
}

decltype(Step::action) parse_action(Scanner& scanner) {
  auto action = parse_one_action(scanner);
  if (scanner.ok() && !scanner.at_end()) scanner.fail("the end of the step");
  return action;
}

}  // namespace apiary::script
