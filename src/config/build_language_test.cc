#include <gtest/gtest.h>

#include <map>

#include "config/build.h"
#include "config/testing/catalogue.h"
#include "config/testing/summary.h"

namespace apiary {
namespace {

IpAddress address(std::string_view text) { return parse_ip_address(text).value(); }

using Files = std::map<std::string, std::string>;

BuildSettings with_files(const Files& files) {
  BuildSettings settings;
  settings.parsing.port_names = PortNames::parse("http 80/tcp www # the web\nbad line\n");
  settings.parsing.load_file =
      [&files](const std::string& path) -> tl::expected<std::string, std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return tl::unexpected("cannot read " + path);
    return found->second;
  };
  static const TestVendors vendors;
  settings.vendors = &vendors;
  return settings;
}

/// The honeynet of "etc/main.conf" of `files`.
std::shared_ptr<const Honeynet> built(const Files& files) {
  SourceText source("etc/main.conf", files.at("etc/main.conf"));
  const auto result = build_configuration(source, TestCatalogue{}, with_files(files));
  if (result) return result->honeynet;
  ADD_FAILURE() << render(result.error(), source);
  return std::make_shared<const Honeynet>(Honeynet::Parts{});
}
std::shared_ptr<const Honeynet> built(const std::string& text) {
  return built(Files{{"etc/main.conf", text}});
}

std::string errors(const Files& files) {
  SourceText source("etc/main.conf", files.at("etc/main.conf"));
  const auto result = build_configuration(source, TestCatalogue{}, with_files(files));
  return render(result ? result->remarks : result.error(), source);
}

std::string name_at(const Honeynet& honeynet, std::string_view where,
                    std::string_view visitor = "192.0.2.1", IpProtocol protocol = IpProtocol::tcp) {
  const HostTemplatePtr* const host_template = honeynet.find_host(
      address(where), address(visitor), static_cast<std::uint8_t>(protocol), Instant{});
  return host_template == nullptr ? "" : (*host_template)->name;
}

TEST(BuildLanguage, IncludedFilesAreRelativeToTheIncludingFile) {
  const auto honeynet = built({{"etc/main.conf", "include kinds/all.conf\nbind 10.0.0.1 a"},
                               {"etc/kinds/all.conf", "include a.conf\n"},
                               {"etc/kinds/a.conf", "include /abs.conf\nset a uptime 5"},
                               {"/abs.conf", "create a"}});
  EXPECT_EQ(name_at(*honeynet, "10.0.0.1"), "a");
}

TEST(BuildLanguage, ErrorsInIncludedFilesShowTheInclude) {
  EXPECT_EQ(errors({{"etc/main.conf", "create a\ninclude more.conf\nbind 10.0.0.1 a"},
                    {"etc/more.conf", "include last.conf"},
                    {"etc/last.conf", "\ncreate a"}}),
            "etc/last.conf:2:8: error: template 'a' exists already\n"
            "create a\n       ^\n"
            "etc/main.conf:1:8: note: it is created here\n"
            "create a\n       ^\n"
            "etc/more.conf:1:1: note: the file is included here\n"
            "include last.conf\n^~~~~~~~~~~~~~~~~\n"
            "etc/main.conf:2:1: note: the file is included here\n"
            "include more.conf\n^~~~~~~~~~~~~~~~~\n"
            "1 error\n");
}

TEST(BuildLanguage, IncludesOfMissingFilesAreErrors) {
  EXPECT_EQ(errors({{"etc/main.conf", "include gone.conf"}}),
            "etc/main.conf:1:9: error: cannot read etc/gone.conf\n"
            "include gone.conf\n        ^~~~~~~~~\n1 error\n");
  const std::string circle =
      errors({{"etc/main.conf", "include other.conf"}, {"etc/other.conf", "include main.conf"}});
  EXPECT_NE(circle.find("etc/other.conf:1:9: error: etc/main.conf is being read already: it would "
                        "include itself"),
            std::string::npos)
      << circle;
  Files deep{{"etc/main.conf", "include 1"}};
  for (int i = 1; i < 12; ++i)
    deep["etc/" + std::to_string(i)] = "include " + std::to_string(i + 1);
  EXPECT_NE(errors(deep).find("etc/10:1:9: error: more than 10 files include one another"),
            std::string::npos)
      << errors(deep);
}

TEST(BuildLanguage, RepeatedIncludesAreLimited) {
  Files many{{"etc/main.conf", "include 1"}};
  std::string ten_times;
  for (int i = 2; i < 9; ++i) {
    ten_times.clear();
    for (int j = 0; j < 10; ++j) ten_times += "include " + std::to_string(i) + "\n";
    many["etc/" + std::to_string(i - 1)] = ten_times;
  }
  many["etc/8"] = "# the last\n";
  EXPECT_NE(errors(many).find("error: files are included more than 1000 times"), std::string::npos);

  Files large{{"etc/main.conf", "include a\ninclude a\ninclude a\n"}};
  large["etc/a"] = std::string(std::size_t{50} << 20, ' ');
  EXPECT_NE(
      errors(large).find("etc/main.conf:3:9: error: all files together are larger than 128 MiB"),
      std::string::npos);
}

TEST(BuildLanguage, PortsHaveNamesAndRanges) {
  const auto honeynet =
      built("create a\nadd a tcp port www block\nadd a udp port 7-9 open\nbind 10.0.0.1 a");
  const HostTemplate& host = **honeynet->find_host(address("10.0.0.1"));
  EXPECT_EQ(host.tcp_action({80}), PortAction{Block{}});
  EXPECT_EQ(host.udp_ports.size(), 3U);
  EXPECT_EQ(host.udp_action({8}), PortAction{Open{}});
}

TEST(BuildLanguage, SmallerBindingsPrecedeLargerOnes) {
  const auto honeynet = built(
      "create a\ncreate b\ncreate c\nbind 10.0.0.0/8 a\nbind 10.1.0.0-10.1.0.9 b\n"
      "bind 10.1.0.5 c");
  EXPECT_EQ(name_at(*honeynet, "10.200.0.1"), "a");
  EXPECT_EQ(name_at(*honeynet, "10.1.0.9"), "b");
  EXPECT_EQ(name_at(*honeynet, "10.1.0.5"), "c");
  EXPECT_EQ(name_at(*honeynet, "11.0.0.0"), "");
}

TEST(BuildLanguage, ConditionsAreCheckedInOrder) {
  const auto honeynet = built(
      "create inner\ncreate udp-kind\ncreate rest\ndynamic m\n"
      "add m use inner if source ip = 192.0.2.0/24\nadd m use udp-kind if udp\n"
      "add m otherwise use rest\nbind 10.0.0.1 m\n"
      "bind source ip = 192.0.2.9 10.0.0.2 inner\nbind otherwise 10.0.0.2 m");
  EXPECT_EQ(name_at(*honeynet, "10.0.0.1", "192.0.2.7"), "inner");
  EXPECT_EQ(name_at(*honeynet, "10.0.0.1", "10.9.9.9", IpProtocol::udp), "udp-kind");
  EXPECT_EQ(name_at(*honeynet, "10.0.0.1", "10.9.9.9"), "rest");
  EXPECT_EQ(name_at(*honeynet, "10.0.0.2", "192.0.2.9"), "inner");
  EXPECT_EQ(name_at(*honeynet, "10.0.0.2", "10.9.9.9", IpProtocol::udp), "udp-kind");
}

TEST(BuildLanguage, AHostMayDifferFromItsTemplate) {
  const auto honeynet = built(
      "create a\nbind 10.0.0.0/24 a\nset 10.0.0.5 uptime 60\nadd 10.0.0.5 tcp port 80 block\n"
      "set a droprate in 5");
  const HostTemplate& own = **honeynet->find_host(address("10.0.0.5"));
  const HostTemplate& others = **honeynet->find_host(address("10.0.0.6"));
  EXPECT_EQ(own.uptime, Duration{seconds{60}});
  EXPECT_EQ(own.tcp_action({80}), PortAction{Block{}});
  EXPECT_EQ(own.drops_in, percent(5)) << "what is said later of its template holds for it, too";
  EXPECT_FALSE(others.uptime.has_value());
  EXPECT_EQ(others.tcp_action({80}), PortAction{Open{}});
}

TEST(BuildLanguage, ACardIsOfOneHostOrGivesItsPrefix) {
  const MacAddress whole{{0, 0x11, 0x22, 0x33, 0x44, 0x55}};
  const std::string head = "create a\nset a ethernet \"00:11:22:33:44:55\"\n";
  struct Case {
    const char* name;
    std::string text, remark;
  };
  const std::string notice = "several hosts cannot share 00:11:22:33:44:55";
  for (const Case& c : {
           Case{"one host", head + "bind 10.0.0.1 a", ""},
           Case{"two hosts", head + "bind 10.0.0.1 a\nbind 10.0.0.2 a", notice},
           Case{"a range", head + "bind 10.0.0.0/30 a", notice},
           Case{"a clone", head + "clone b a\nbind 10.0.0.1 a\nbind 10.0.0.2 b", notice},
           Case{"a clone with a card of its own",
                head + "clone b a\nset b ethernet \"cisco\"\nbind 10.0.0.1 a\nbind 10.0.0.2 b", ""},
           Case{"one host of a range",
                "create a\nbind 10.0.0.0/30 a\nset 10.0.0.1 ethernet \"00:11:22:33:44:55\"", ""},
           Case{"a dynamic template", head + "dynamic d\nadd d otherwise use a\nbind 10.0.0.1 d",
                ""},
       }) {
    SCOPED_TRACE(c.name);
    const auto honeynet = built(c.text);
    EXPECT_TRUE(honeynet->has_nics());
    const auto& nic = machine_on_link(**honeynet->find_host(address("10.0.0.1"))).nic;
    ASSERT_NE(nic, nullptr);
    if (c.remark.empty())
      EXPECT_EQ(nic->address, whole);
    else
      EXPECT_EQ(nic->address, std::nullopt);
    EXPECT_EQ(nic->prefixes, (std::vector<Oui>{{0, 0x11, 0x22}}));
    const std::string remarks = errors({{"etc/main.conf", c.text}});
    EXPECT_EQ(remarks.find(c.remark) != std::string::npos, true) << remarks;
    EXPECT_EQ(remarks.empty(), c.remark.empty()) << remarks;
  }
  EXPECT_FALSE(built("create a\nbind 10.0.0.1 a")->has_nics());
}

TEST(BuildLanguage, AVendorHasItsPrefixesAndAnUnknownOneASubstitute) {
  const auto honeynet = built("create a\nset a ethernet \"cisco\"\nbind 10.0.0.1 a");
  EXPECT_EQ((*honeynet->find_host(address("10.0.0.1")))->nic->prefixes.size(), 2U);
  EXPECT_EQ(errors({{"etc/main.conf", "create a\nset a ethernet \"cisko\"\nbind 10.0.0.1 a"}}),
            R"(etc/main.conf:2:16: error: no vendor of network cards is called "cisko"
set a ethernet "cisko"
               ^~~~~~~
hint: name cisco or intel
1 error
)");
  EXPECT_EQ(
      errors({{"etc/main.conf", "create a\nset a ethernet \"intle\"\nbind 10.0.0.1 a"}}),
      R"(etc/main.conf:2:16: warning: no vendor of network cards is called "intle"; "intel" is used instead
set a ethernet "intle"
               ^~~~~~~
1 warning
)");
}

TEST(BuildLanguage, ProgramsMayRunAsAnotherUserWithOtherLimits) {
  const auto honeynet = built(
      "create a\nset a uid 32767 gid 32766\nset a maxfds 35\nset a maxprocesses 4\n"
      "set a maxcpu 10\nset a maxtime 60\nset a maxmemory 64M\nset a maxfilesize \"1M\"\n"
      "set a maxoutput 1000\nbind 10.0.0.1 a\nclone b a\n"
      "set b uid 5\nset b maxmemory 1G\nbind 10.0.0.2 b");
  const auto privileges = [&](std::string_view at) {
    return (*honeynet->find_host(address(at)))->service_privileges;
  };
  EXPECT_EQ(privileges("10.0.0.1"),
            (ServicePrivileges{32767, 32766, 35, 4, 10, 60, 64u << 20, 1u << 20, 1000}));
  EXPECT_EQ(privileges("10.0.0.2"),
            (ServicePrivileges{5, {}, 35, 4, 10, 60, 1u << 30, 1u << 20, 1000}))
      << "a new user has no group of the old one";
}

TEST(BuildLanguage, ProgramsRunOnlyAsUsersAndGroupsThatTheOperatorAllows) {
  struct Case {
    const char* trait;
    const char* error;  // the first line of it
  };
  for (const Case& c :
       {Case{"uid 4321", ""}, Case{"uid 4321 gid 4322", ""},
        Case{"uid 5", "services may not run as user 5: --allow-uid does not name it"},
        Case{"uid 4321 gid 42", "services may not run as group 42: --allow-uid does not name it"},
        Case{"uid 5 gid 42",
             "services may not run as user 5 and group 42: --allow-uid does not name them"}}) {
    SCOPED_TRACE(c.trait);
    SourceText source("x.conf", fmt::format("create a\nset a {}\nbind 10.0.0.1 a\n", c.trait));
    const auto result = build_configuration(
        source, TestCatalogue{}, {.permissions = {.ids = std::vector<std::uint32_t>{4321, 4322}}});
    ASSERT_EQ(result.has_value(), *c.error == '\0');
    if (result) continue;
    ASSERT_EQ(result.error().size(), 1u);
    EXPECT_EQ(result.error()[0].message, c.error);
    EXPECT_EQ(source.place_name(result.error()[0].place.begin), "x.conf:2:11");
  }
}

TEST(BuildLanguage, AHostHasTheNameOfItsTemplateOrOneOfItsOwn) {
  const auto honeynet = built(
      "create a\nset a name \"www.example.org\"\nbind 10.0.0.1 a\nclone b a\nbind 10.0.0.2 b\n"
      "set 10.0.0.2 name \"mail\"\ncreate c\nbind 10.0.0.3 c");
  const auto name = [&](std::string_view at) {
    return (*honeynet->find_host(address(at)))->host_name;
  };
  EXPECT_EQ(name("10.0.0.1"), "www.example.org");
  EXPECT_EQ(name("10.0.0.2"), "mail");
  EXPECT_EQ(name("10.0.0.3"), "") << "empty without a statement";
}

TEST(BuildLanguage, DropRatesApplyToAllPacketsAndToSyns) {
  const auto honeynet =
      built("create a\nset a droprate in 5\nset a droprate syn 7.5\nbind 10.0.0.1 a");
  EXPECT_EQ((*honeynet->find_host(address("10.0.0.1")))->drops_in, percent(5));
  EXPECT_EQ((*honeynet->find_host(address("10.0.0.1")))->drops_syn, percent(7.5));
}

TEST(BuildLanguage, SpoofingNeedsTheOperatorsPermission) {
  const std::string text =
      "create a\nset a spoof from 10.0.0.9 to 192.0.2.1\nbind 10.0.0.1 a\nset a spoof from "
      "10.0.0.8";
  const auto template_of = [&](bool allowed) {
    SourceText source("x.conf", text);
    const auto result =
        build_configuration(source, TestCatalogue{}, {.permissions = {.spoofing = allowed}});
    EXPECT_EQ(result->remarks.size(), allowed ? 0U : 2U) << render(result->remarks, source);
    return *result->honeynet->find_host(address("10.0.0.1"));
  };
  EXPECT_EQ(template_of(true)->answers_from, address("10.0.0.8"));
  EXPECT_EQ(template_of(true)->answers_to, std::nullopt)
      << "the last statement replaces all of the first";
  EXPECT_EQ(template_of(false)->answers_from, std::nullopt);
}

TEST(BuildLanguage, AnAnnotationHoldsForAllNamesAndAnyOrder) {
  const auto honeynet = built(
      "create a\nset a personality \"Blue OS\"\nbind 10.0.0.1 a\nannotate \"Teal OS\" no finscan\n"
      "create b\nset b personality \"Red OS\"\nbind 10.0.0.2 b\nannotate \"Red OS\" finscan");
  const auto rule = [&](std::string_view at) {
    return (*honeynet->find_host(address(at)))->personality->lone_fin;
  };
  EXPECT_EQ(rule("10.0.0.1"), LoneFinRule::reset);
  EXPECT_EQ(rule("10.0.0.2"), LoneFinRule::silence);
}

TEST(BuildLanguage, AnAnnotationSetsThePolicyForOverlappingFragments) {
  const auto policy = [](std::string_view word) {
    const auto honeynet = built(fmt::format(
        "create a\nset a personality \"Red OS\"\nbind 10.0.0.1 a\nannotate \"Red OS\" fragment {}",
        word));
    return (*honeynet->find_host(address("10.0.0.1")))->personality->quirks.fragments;
  };
  EXPECT_EQ(policy("drop"), FragmentPolicy::refuse);
  EXPECT_EQ(policy("old"), FragmentPolicy::first);
  EXPECT_EQ(policy("new"), FragmentPolicy::last);
}

TEST(BuildLanguage, DeletedTemplatesAndBindingsAreGone) {
  const auto honeynet = built(
      "create a\nadd a tcp port 80-90 block\ndelete a tcp port 80\nbind 10.0.0.1 a\n"
      "bind 10.0.0.2 a\ndelete 10.0.0.2\ndelete a\ncreate a\nbind 10.0.0.3 a");
  EXPECT_EQ((*honeynet->find_host(address("10.0.0.1")))->tcp_action({80}), PortAction{Open{}});
  EXPECT_EQ((*honeynet->find_host(address("10.0.0.1")))->tcp_action({81}), PortAction{Block{}});
  EXPECT_EQ(honeynet->find_host(address("10.0.0.2")), nullptr);
  EXPECT_EQ((*honeynet->find_host(address("10.0.0.3")))->tcp_action({81}), PortAction{Open{}});
}

TEST(BuildLanguage, ARandomPersonalityStaysTheSame) {
  const auto personality_of = [](const std::string& text) {
    return (*built(text)->find_host(address("10.0.0.1")))->personality->name;
  };
  const std::string plain = "create a\nset a personality random\nbind 10.0.0.1 a\n";
  EXPECT_EQ(personality_of(plain), personality_of(plain + "create b\nbind 10.0.0.2 b"));
  std::map<std::string, int> seen;
  for (int i = 0; i < 30; ++i) ++seen[personality_of(fmt::format("{}set a seed \"{}\"", plain, i))];
  EXPECT_EQ(seen.size(), 3U) << "every personality of the catalogue is chosen";
}

TEST(BuildLanguage, APhysicalHostTakesPart) {
  SourceText source("x.conf",
                    "create default\nbind 10.0.0.5 to eth0\nroute entry 10.0.0.1\n"
                    "route 10.0.0.1 link 10.0.0.0/28");
  const auto result = build_configuration(source, TestCatalogue{});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(to_string(result->addresses), "10.0.0.0/28");
  EXPECT_EQ(name_at(*result->honeynet, "10.0.0.5"), "");
  const auto& machines = result->honeynet->parts().physical_hosts;
  ASSERT_EQ(machines.size(), 1U);
  EXPECT_EQ(machines[0].address, address("10.0.0.5"));
  EXPECT_EQ(machines[0].interface, "eth0");
}

}  // namespace
}  // namespace apiary
