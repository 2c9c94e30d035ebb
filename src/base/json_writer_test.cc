#include "base/json_writer.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

void write_sample(JsonWriter& json) {
  json.begin_object();
  json.member("text", "a\"b\\c");
  json.member("yes", true);
  json.member("number", -5);
  json.null_member("nothing");
  json.member("absent", std::optional<std::string>());
  json.begin_object("empty");
  json.end_object();
  json.begin_array("none");
  json.end_array();
  json.array("words", std::vector<std::string>{"x", "y"});
  json.begin_array("objects");
  json.begin_object_element();
  json.member("port", 80);
  json.end_object();
  json.begin_object_element();
  json.end_object();
  json.end_array();
  json.escaped_member("a \"name\"", 1);
  json.end_object();
}

TEST(JsonWriter, WritesEachLayout) {
  std::string line, lines;
  JsonWriter compact(line), indented(lines, json_for_people);
  write_sample(compact);
  write_sample(indented);
  EXPECT_EQ(line,
            R"({"text":"a\"b\\c","yes":true,"number":-5,"nothing":null,"absent":null,"empty":{},)"
            R"("none":[],"words":["x","y"],"objects":[{"port":80},{}],"a \"name\"":1})");
  EXPECT_EQ(lines, R"({
  "text": "a\"b\\c",
  "yes": true,
  "number": -5,
  "nothing": null,
  "absent": null,
  "empty": {},
  "none": [],
  "words": [
    "x",
    "y"
  ],
  "objects": [
    {
      "port": 80
    },
    {}
  ],
  "a \"name\"": 1
})");
}

TEST(JsonWriter, EscapesWhatAStringMustNotHave) {
  struct Case {
    const char *name, *text, *in_line, *for_people;
  };
  for (const Case& c : {
           Case{"plain", "ab", "ab", "ab"},
           Case{"controls", "\x01\n\t\x1f", R"(\u0001\u000a\u0009\u001f)", R"(\u0001\n\t\u001f)"},
           Case{"other short escapes", "\b\f\r", R"(\u0008\u000c\u000d)", R"(\b\f\r)"},
           Case{"delete", "\x7f", R"(\u007f)", "\x7f"},
           Case{"UTF-8", "\u00e4\u20ac\U0001f41d", "\u00e4\u20ac\U0001f41d",
                "\u00e4\u20ac\U0001f41d"},
           Case{"not UTF-8", "a\xff\x80z", R"(a\\xff\\x80z)", "a\ufffd\ufffdz"},
           Case{"a surrogate", "\xed\xa0\x80", R"(\\xed\\xa0\\x80)", "\ufffd\ufffd\ufffd"},
           Case{"cut off", "\xe2\x82", R"(\\xe2\\x82)", "\ufffd\ufffd"},
       }) {
    SCOPED_TRACE(c.name);
    for (const bool for_people : {false, true}) {
      std::string text;
      JsonWriter json(text, for_people ? json_for_people : json_line);
      json.member("x", c.text);
      EXPECT_EQ(text, for_people ? "\"x\": \"" + std::string(c.for_people) + "\""
                                 : "\"x\":\"" + std::string(c.in_line) + "\"");
    }
  }
}

TEST(JsonWriter, WritesNumbersThatReadAsTheSame) {
  const auto text_of = [](auto value) {
    std::string text;
    JsonWriter json(text);
    json.member("x", value);
    return text.substr(4);
  };
  EXPECT_EQ(text_of(std::uint64_t{18'446'744'073'709'551'615U}), "18446744073709551615");
  EXPECT_EQ(text_of(INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(text_of(5.0), "5.0");
  EXPECT_EQ(text_of(0.0), "0.0");
  EXPECT_EQ(text_of(-1.5), "-1.5");
  EXPECT_EQ(text_of(1'764'047'640.123456), "1764047640.123456");
  EXPECT_EQ(text_of(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(text_of(1e-9), "1e-09");
}

TEST(JsonWriter, WritesAnObjectForPeople) {
  EXPECT_EQ(json_object_text([](JsonWriter& json) { json.member("ok", true); }),
            "{\n  \"ok\": true\n}");
  EXPECT_EQ(json_object_text([](JsonWriter&) {}), "{}");
}

}  // namespace
}  // namespace apiary
