#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "base/units.h"
#include "config/diagnostic.h"
#include "config/program_bounds.h"
#include "config/source_text.h"
#include "config/statement_parts.h"
#include "config/template_draft.h"
#include "config/trait_line.h"

namespace apiary {

class TokenReader;

/// The traits of templates. Each struct is the value of `set TEMPLATE ...` for one trait, and holds
/// all that the language knows of the trait:
///   keyword, syntax   follow `set TEMPLATE`; lower-case words become keywords of the language
///   summary           a sentence for documentation
///   parse()           parses what follows the keyword; nothing: reported an error
///   format()          prints what follows the keyword, as `apiary fmt` does
///   give_to()         changes the template; false: reported why not
///   explain()         adds the lines about a host that has the trait
/// and if needed:
///   part()            which part, if a template can have several
///   check()           reports errors that do not depend on the template
/// To add a trait: add the struct here, its name to TraitValue, its functions to traits_*.cc, and a
/// member to HostTemplate.
namespace traits {

struct Personality {
  static constexpr std::string_view keyword = "personality";
  static constexpr std::string_view syntax = R"(personality "NAME" | personality random)";
  static constexpr std::string_view summary =
      "The operating system whose network behaviour the hosts show, by a name of Nmap's.";
  static constexpr TraitGroup explained = TraitGroup::system;

  std::optional<std::string> name;  // nothing: `random`

  static std::optional<Located<Personality>> parse(TokenReader& reader, const TemplateName& target);
  std::string format() const;
  bool give_to(TemplateDraft& draft, const TraitUse& use) const;
  void check(const TraitUse& use) const;
  static void explain(const ExplainedHost& host, TraitLines& lines);
};

struct DefaultAction {
  static constexpr std::string_view keyword = "default";
  static constexpr std::string_view syntax = "default PROTOCOL [action] ACTION";
  static constexpr std::string_view summary =
      "The action of ports without an add statement; for icmp, whether the hosts answer.";
  static constexpr TraitGroup explained = TraitGroup::port;

  IpProtocol protocol = IpProtocol::tcp;
  ActionSpec action;

  static std::optional<Located<DefaultAction>> parse(TokenReader& reader,
                                                     const TemplateName& target);
  std::string format() const;
  std::string_view part() const { return name_of(protocol); }
  bool give_to(TemplateDraft& draft, const TraitUse& use) const;
  static void explain(const ExplainedHost&, TraitLines&) {}  // shown in the line of a port
};

struct Ethernet {
  static constexpr std::string_view keyword = "ethernet";
  static constexpr std::string_view syntax = R"(ethernet "VENDOR or MAC")";
  static constexpr std::string_view summary =
      "A network card of the hosts' own, of that vendor or with that MAC address.";
  static constexpr TraitGroup explained = TraitGroup::link;

  std::string vendor;  // or MAC address

  static std::optional<Located<Ethernet>> parse(TokenReader& reader, const TemplateName& target);
  std::string format() const;
  bool give_to(TemplateDraft& draft, const TraitUse& use) const;
  void check(const TraitUse& use) const;
  static void explain(const ExplainedHost& host, TraitLines& lines);
};

struct Uptime {
  static constexpr std::string_view keyword = "uptime";
  static constexpr std::string_view syntax = "uptime SECONDS";
  static constexpr std::string_view summary = "The uptime of the hosts when the daemon starts.";
  static constexpr TraitGroup explained = TraitGroup::identity;

  Duration uptime{};

  static std::optional<Located<Uptime>> parse(TokenReader& reader, const TemplateName& target);
  std::string format() const;
  bool give_to(TemplateDraft& draft, const TraitUse& use) const;
  static void explain(const ExplainedHost& host, TraitLines& lines);
};

struct DropRate {
  static constexpr std::string_view keyword = "droprate";
  static constexpr std::string_view syntax = "droprate in PERCENT | droprate syn PERCENT";
  static constexpr std::string_view summary =
      "The share of incoming packets, or of connection requests, that the hosts drop.";
  static constexpr TraitGroup explained = TraitGroup::behaviour;

  bool only_syn = false;
  Probability rate;

  static std::optional<Located<DropRate>> parse(TokenReader& reader, const TemplateName& target);
  std::string format() const;
  std::string_view part() const { return only_syn ? "syn" : "in"; }
  bool give_to(TemplateDraft& draft, const TraitUse& use) const;
  static void explain(const ExplainedHost& host, TraitLines& lines);
};

struct User {
  static constexpr std::string_view keyword = "uid";
  static constexpr std::string_view syntax = "uid NUMBER [gid NUMBER]";
  static constexpr std::string_view summary =
      "The user, and the group, that the programs of the hosts run as.";
  static constexpr TraitGroup explained = TraitGroup::behaviour;

  std::uint32_t user = 0;
  std::optional<std::uint32_t> group;

  static std::optional<Located<User>> parse(TokenReader& reader, const TemplateName& target);
  std::string format() const;
  void check(const TraitUse& use) const;
  bool give_to(TemplateDraft& draft, const TraitUse& use) const;
  static void explain(const ExplainedHost& host, TraitLines& lines);
};

/// A trait that bounds what one program of the hosts may use.
template <const ProgramBound& bound>
struct Bounded {
  static constexpr std::string_view keyword = bound.keyword;
  static constexpr std::string_view syntax = bound.syntax;
  static constexpr std::string_view summary = bound.summary;
  static constexpr TraitGroup explained = TraitGroup::behaviour;

  std::uint64_t value = 0;

  static std::optional<Located<Bounded>> parse(TokenReader& reader, const TemplateName&) {
    const auto read = parse_bound(bound, reader);
    if (!read) return {};
    return Located<Bounded>{{read->value}, read->place};
  }
  std::string format() const { return format_bound(bound, value); }
  bool give_to(TemplateDraft& draft, const TraitUse&) const {
    bound.set(draft.contents->service_privileges, value);
    return true;
  }
  static void explain(const ExplainedHost& host, TraitLines& lines) {
    if (const auto set = bound.get(host.host_template.service_privileges))
      lines.push_back({"programs", bound.explain(*set), host.from.trait(keyword)});
  }
};

struct Spoof {
  static constexpr std::string_view keyword = "spoof";
  static constexpr std::string_view syntax = "spoof [from ADDRESS] [to ADDRESS]";
  static constexpr std::string_view summary =
      "Addresses that replace the host's and the visitor's in all packets that the hosts send; "
      "only with --allow-spoof.";
  static constexpr TraitGroup explained = TraitGroup::behaviour;

  std::optional<IpAddress> from, to;  // at least one

  static std::optional<Located<Spoof>> parse(TokenReader& reader, const TemplateName& target);
  std::string format() const;
  bool give_to(TemplateDraft& draft, const TraitUse& use) const;
  static void explain(const ExplainedHost& host, TraitLines& lines);
};

struct Egress {
  static constexpr std::string_view keyword = "egress";
  static constexpr std::string_view syntax =
      "egress none | egress list NETWORK[:PORT][/PROTOCOL] ...";
  static constexpr std::string_view summary =
      "Where the servers of the hosts' subsystems may connect; nowhere by default.";
  static constexpr TraitGroup explained = TraitGroup::behaviour;

  EgressList list;  // empty: none

  static std::optional<Located<Egress>> parse(TokenReader& reader, const TemplateName& target);
  std::string format() const;
  bool give_to(TemplateDraft& draft, const TraitUse& use) const;
  static void explain(const ExplainedHost& host, TraitLines& lines);
};

struct Seed {
  static constexpr std::string_view keyword = "seed";
  static constexpr std::string_view syntax = R"(seed "TEXT")";
  static constexpr std::string_view summary =
      "Text from which the hosts' individual values derive, in addition to their addresses.";
  static constexpr TraitGroup explained = TraitGroup::identity;

  std::string seed;

  static std::optional<Located<Seed>> parse(TokenReader& reader, const TemplateName& target);
  std::string format() const;
  bool give_to(TemplateDraft& draft, const TraitUse& use) const;
  static void explain(const ExplainedHost& host, TraitLines& lines);
};

struct Name {
  static constexpr std::string_view keyword = "name";
  static constexpr std::string_view syntax = R"(name "TEXT")";
  static constexpr std::string_view summary =
      "The name of the hosts: labels of 1 to 63 characters with dots between them.";
  static constexpr TraitGroup explained = TraitGroup::identity;

  std::string name;

  static std::optional<Located<Name>> parse(TokenReader& reader, const TemplateName& target);
  std::string format() const;
  bool give_to(TemplateDraft& draft, const TraitUse& use) const;
  static void explain(const ExplainedHost& host, TraitLines& lines);
};

}  // namespace traits

/// The value of any trait, in the order of messages and documentation.
using TraitValue =
    std::variant<traits::Personality, traits::DefaultAction, traits::Ethernet, traits::Uptime,
                 traits::DropRate, traits::User, traits::Bounded<max_files>,
                 traits::Bounded<max_processes>, traits::Bounded<max_memory>,
                 traits::Bounded<max_cpu_time>, traits::Bounded<max_time>,
                 traits::Bounded<max_file_size>, traits::Bounded<max_output>, traits::Egress,
                 traits::Spoof, traits::Seed, traits::Name>;

/// A row of the table of traits.
struct TraitSpec {
  std::string_view keyword, syntax, summary;
  TraitGroup explained;
  std::optional<Located<TraitValue>> (*parse)(TokenReader& reader, const TemplateName& target);
  void (*explain)(const ExplainedHost& host, TraitLines& lines);
};
/// All traits, in the order of TraitValue.
std::span<const TraitSpec> trait_specs();

/// The keywords in the syntax of a trait, its own first; may repeat.
std::vector<std::string_view> words_of(const TraitSpec& trait);

std::string_view keyword_of(const TraitValue& value);
/// "maxfds 35".
std::string format_trait(const TraitValue& value);
/// Sets the trait of a template and records its place.
void give_trait(const TraitValue& value, TemplateDraft& draft, const TraitUse& use);
/// Reports errors of the trait if there is no template to set it on.
void check_trait(const TraitValue& value, const TraitUse& use);

}  // namespace apiary
