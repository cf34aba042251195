// SPDX-License-Identifier: MIT
#include "indexer/common/address.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace sluice::plugins::indexer {
namespace {

/// "<base> <index>", or the fault.
std::string PartsOf(std::string_view text) {
  const auto address = ReadAddress(text);
  return address ? address->base + " " + address->indexer : "error: " + address.error().message;
}

TEST(AddressTest, ExpandsTheFormOfLinks) {
  EXPECT_EQ(PartsOf("https:jackett.example::yts"), "https://jackett.example yts");
  EXPECT_EQ(PartsOf("http:127.0.0.1:9117::my-index_2.0"), "http://127.0.0.1:9117 my-index_2.0");
  EXPECT_EQ(PartsOf("http:[2001:db8::1]:9117::yts"), "http://[2001:db8::1]:9117 yts");
  EXPECT_EQ(PartsOf("https:host.example/sub/::all"), "https://host.example/sub all");
}

TEST(AddressTest, ExpandsTheOlderForm) {
  EXPECT_EQ(PartsOf("yts:::https://jackett.example"), "https://jackett.example yts");
  EXPECT_EQ(PartsOf("yts:::http://jackett.example:9117/sub/"), "http://jackett.example:9117/sub yts");
}

TEST(AddressTest, TakesJackettsOwnUrlsApart) {
  for (const auto* end : {"", "/", "/api", "/api/"}) {
    EXPECT_EQ(PartsOf("https://jackett.example/sub/api/v2.0/indexers/yts/results/torznab" + std::string(end)),
              "https://jackett.example/sub yts")
        << end;
  }
}

TEST(AddressTest, TakesAnyOtherUrlAsItIs) {
  EXPECT_EQ(PartsOf("https://index.example"), "https://index.example ");
  EXPECT_EQ(PartsOf(" https://index.example/torznab/api\n"), "https://index.example/torznab ");
  EXPECT_EQ(PartsOf("https://index.example/indexers/x/results/torznab"),
            "https://index.example/indexers/x/results/torznab ");
  EXPECT_EQ(PartsOf("https://h.example/api/v2.0/indexers/a/b/results/torznab"),
            "https://h.example/api/v2.0/indexers/a/b/results/torznab ");
}

TEST(AddressTest, MakesTheUrlThatIsAsked) {
  EXPECT_EQ(TorznabUrl({.base = "https://h.example", .indexer = "yts"}),
            "https://h.example/api/v2.0/indexers/yts/results/torznab/api");
  EXPECT_EQ(TorznabUrl({.base = "https://h.example/torznab", .indexer = ""}), "https://h.example/torznab/api");
}

TEST(AddressTest, RefusesWhatIsNoAddressAndQuotesNothing) {
  const std::string wanted = "error: url: want ";
  for (const auto& [text, why] : {std::pair("", "a URL of at most 2048 octets"),
                                  {"jackett.example", "an http or https URL"},
                                  {"https:jackett.example", "an http or https URL"},
                                  {"https:jackett.example::", "an http or https URL"},
                                  {"ftp:jackett.example::yts", "an http or https URL"},
                                  {"file:///etc/passwd", "an http or https URL"},
                                  {"https://", "an http or https URL"},
                                  {"https:jackett .example::yts", "an http or https URL"},
                                  {":::https://jackett.example", "the name of an index in front of :::"},
                                  {"https:h.example::a?b", "letters, digits, - _ and . in the name of the index"},
                                  {"https:h.example::..", "letters, digits, - _ and . in the name of the index"},
                                  {"https://u:planted@h.example", "a URL without user name, query and fragment"},
                                  {"https://h.example/?apikey=planted", "a URL without user name, query and fragment"},
                                  {"https://h.example/#x", "a URL without user name, query and fragment"}}) {
    EXPECT_EQ(PartsOf(text), wanted + why) << text;
  }
  EXPECT_EQ(PartsOf("https://h.example/" + std::string(3000, 'a')), wanted + "a URL of at most 2048 octets");
}

}  // namespace
}  // namespace sluice::plugins::indexer
